namespace Crossdock.Database;

/// <summary>What kind of caller.</summary>
public enum CallerKind
{
    /// <summary>A person with an account.</summary>
    User = 0,
    /// <summary>A program with a token of its own.</summary>
    Token = 1,
    /// <summary>Whoever has the administrator's token.</summary>
    AdministratorToken = 2,
    /// <summary>The hub itself.</summary>
    Hub = 3,
    /// <summary>Somebody who has not signed in.</summary>
    Nobody = 4,
}

/// <summary>Who asks for what is being done just now, as far as queries and the audit log must know. It follows the request through every call; the hub's own work has none.</summary>
/// <param name="Kind">What kind of caller.</param>
/// <param name="Name">As people know it.</param>
/// <param name="Id">Of the user or the token; null for others.</param>
/// <param name="Address">Where the request came from; null when unknown.</param>
/// <param name="Connections">Ids of the only connections whose data this caller may see; null for all.</param>
public sealed record Caller(CallerKind Kind, string Name, Guid? Id, string? Address, IReadOnlyList<int>? Connections)
{
    private static readonly AsyncLocal<Caller?> Ambient = new();

    /// <summary>Who asks; null for the hub's own work.</summary>
    public static Caller? Current => Ambient.Value;

    /// <summary>Ids of the only connections whose data may be seen or changed now; null for all. For SQL as <c>@seen::int[]</c>.</summary>
    internal static int[]? Seen => Ambient.Value?.Connections?.ToArray();

    /// <summary>True while the caller is limited to some connections.</summary>
    public static bool IsLimited => Ambient.Value?.Connections is not null;

    /// <summary>True when the caller may see what belongs to this connection.</summary>
    public static bool Sees(int connection) => Ambient.Value?.Connections is not { } some || some.Contains(connection);

    /// <summary>From here on, until the calling asynchronous method is over, this caller asks.</summary>
    public static void Is(Caller? caller) => Ambient.Value = caller;

    /// <summary>From here on, until the calling asynchronous method is over, the hub works for itself: it sees everything.</summary>
    internal static void IsHub() => Ambient.Value = null;
}
