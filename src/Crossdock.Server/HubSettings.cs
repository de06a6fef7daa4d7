namespace Crossdock.Server;

/// <summary>What one process needs to know before it is composed. From the environment (<c>Crossdock__Database</c>) or, in tests, in code.</summary>
public sealed record HubSettings
{
    /// <summary>All roles.</summary>
    public static readonly IReadOnlyList<string> AllRoles = ["capture", "process", "deliver", "schedule", "console"];

    /// <summary>Connection string of a PostgreSQL 15 or newer; null or empty starts a private one in the data folder.</summary>
    public string? Database { get; init; }

    /// <summary>Where the hub keeps its files: private PostgreSQL, keys, token. Default <c>data</c> below the working folder.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Addresses to listen on, separated by semicolons. Default <c>http://localhost:8080</c>.</summary>
    public string Urls { get; init; } = "http://localhost:8080";

    /// <summary>The address by which platforms reach this hub, for example <c>https://hub.example.com</c>: webhooks are registered with it. Null or empty leaves webhooks to a person.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>The administrator's token; null or empty keeps the present one, or makes one up at the first start.</summary>
    public string? AdminToken { get; init; }

    /// <summary>Password of the first administrator, <c>admin</c>, made at the first start; at least 12 characters. Null or empty makes none, and once there is any account it means nothing.</summary>
    public string? AdminPassword { get; init; }

    /// <summary>What this node does, separated by commas: capture, process, deliver, schedule, console. Default all.</summary>
    public string Roles { get; init; } = "capture,process,deliver,schedule,console";

    /// <summary>The section <c>Crossdock</c> of a configuration.</summary>
    public static HubSettings From(IConfiguration configuration) => configuration.GetSection("Crossdock").Get<HubSettings>() ?? new();

    /// <summary>The public address; null when it is not set.</summary>
    /// <exception cref="HubException">It is no address.</exception>
    public Uri? PublicUri() => string.IsNullOrWhiteSpace(PublicAddress) ? null
        : Uri.TryCreate(PublicAddress, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address is { UserInfo: "", Query: "", Fragment: "" } ? address
        : throw new HubException($"Crossdock__PublicAddress is \"{PublicAddress}\"; it has to be an address such as https://hub.example.com.");

    /// <summary>The roles as a set.</summary>
    /// <exception cref="HubException">A role does not exist.</exception>
    public IReadOnlySet<string> RoleSet()
    {
        var roles = Roles.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return roles.FirstOrDefault(role => !AllRoles.Contains(role, StringComparer.OrdinalIgnoreCase)) is { } unknown
            ? throw new HubException($"Crossdock__Roles names an unknown role \"{unknown}\"; possible are {string.Join(", ", AllRoles)}.")
            : roles.Count == 0 ? throw new HubException($"Crossdock__Roles is empty; possible are {string.Join(", ", AllRoles)}.") : roles;
    }
}

/// <summary>The hub cannot do what it was asked. The message is for an operator.</summary>
public sealed class HubException : Exception
{
    public HubException() { }
    public HubException(string message) : base(message) { }
    public HubException(string message, Exception innerException) : base(message, innerException) { }
}
