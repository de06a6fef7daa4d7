using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crossdock.Backup;

/// <summary>What a backup says of itself: written last, so that a file without it was cut off.</summary>
internal sealed record BackupManifest
{
    /// <summary>The present format. A newer one is refused by an older program.</summary>
    public const int PresentFormat = 1;

    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip };

    public required int Format { get; init; }
    /// <summary>The moment that its contents are of, by the database's clock, UTC.</summary>
    public required DateTimeOffset MadeAt { get; init; }
    /// <summary>The server's version, for example 150008.</summary>
    public required int PostgresVersion { get; init; }
    /// <summary>The migrations that its schema is made of.</summary>
    public required IReadOnlyList<BackupMigration> Migrations { get; init; }
    /// <summary>The daily partitions that were there.</summary>
    public required IReadOnlyList<string> Partitions { get; init; }
    /// <summary>In the order in which they can be filled.</summary>
    public required IReadOnlyList<BackupTable> Tables { get; init; }
}

/// <summary>One migration by number, name and hash of its text.</summary>
internal sealed record BackupMigration(int Number, string Name, string Sha256);

/// <summary>One table: its columns in the order of the copy, its rows, its bytes and their SHA-256, lower-case hexadecimal.</summary>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns, long Rows, long Bytes, string Sha256)
{
    /// <summary>Its place in the file.</summary>
    [JsonIgnore] public string Entry => $"tables/{Name}.copy";
}

/// <summary>The backup cannot be made or restored. The message says why and what to do, in words for an operator.</summary>
public sealed class BackupException : Exception
{
    public BackupException() { }
    public BackupException(string message) : base(message) { }
    public BackupException(string message, Exception innerException) : base(message, innerException) { }
}
