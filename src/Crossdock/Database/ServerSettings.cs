using System.Globalization;
using System.Text;

namespace Crossdock.Database;

/// <summary>The settings file of a private server, written anew at every start.</summary>
internal static class ServerSettings
{
    internal static string Write(PrivatePostgresOptions options, string? socketFolder, int port)
    {
        string durable = options.IsDurable ? "on" : "off";
        (string Name, string Value)[] settings =
        [
            ("listen_addresses", socketFolder is null ? "'127.0.0.1'" : "''"),
            ("unix_socket_directories", socketFolder is null ? "''" : $"'{socketFolder.Replace("'", "''", StringComparison.Ordinal)}'"),
            ("unix_socket_permissions", "0700"),
            ("port", port.ToString(CultureInfo.InvariantCulture)),
            ("fsync", durable),
            ("synchronous_commit", durable),
            ("full_page_writes", durable),
            ("shared_buffers", $"{options.SharedBuffersMegabytes}MB"),
            ("max_connections", "200"),
            ("max_wal_size", "4GB"),
            ("checkpoint_timeout", "15min"),
            ("wal_compression", "lz4"),
            ("wal_buffers", "16MB"),
            ("random_page_cost", "1.1"),
            ("jit", "off"),
            ("autovacuum_naptime", "10s"),
            ("password_encryption", "'scram-sha-256'"),
            ("timezone", "'UTC'"),
            ("log_timezone", "'UTC'"),
            ("logging_collector", "off"),
        ];
        var text = new StringBuilder("# Written by Crossdock at every start: changes here are lost.\n");
        foreach (var (name, value) in settings) text.Append(CultureInfo.InvariantCulture, $"{name} = {value}\n");
        return text.ToString();
    }
}
