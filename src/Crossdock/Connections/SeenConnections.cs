using Crossdock.Database;

namespace Crossdock.Connections;

/// <summary>The directory as whoever asks may see it. What is done for somebody looks here; the hub's own work looks at all.</summary>
public static class SeenConnections
{
    /// <summary>The connection with that key; null when there is none, or none that the caller may see.</summary>
    public static Connection? Seen(this IConnectionDirectory directory, string key) => directory.Current.ByKey.TryGetValue(key, out var known) && Caller.Sees(known.Id.Value) ? known : null;

    /// <summary>All connections that the caller may see.</summary>
    public static IEnumerable<Connection> Seen(this IConnectionDirectory directory) => directory.Current.All.Where(connection => Caller.Sees(connection.Id.Value));
}
