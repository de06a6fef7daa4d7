using System.ComponentModel.DataAnnotations;

namespace Crossdock.Accounts;

/// <summary>How the hub sends mail. Section <c>Crossdock:Mail</c>.</summary>
public sealed record MailOptions
{
    /// <summary>The mail server that takes the hub's mail. Null or empty: the hub sends none.</summary>
    public string? Host { get; init; }

    /// <summary>Its port. Default 587; 1 to 65535.</summary>
    [Range(1, 65_535)] public int Port { get; init; } = 587;

    /// <summary>True begins TLS on the connection (STARTTLS) before anything is said. Default true.</summary>
    public bool StartTls { get; init; } = true;

    /// <summary>The name to sign in with there; null or empty signs in with none.</summary>
    public string? User { get; init; }

    /// <summary>The password for it.</summary>
    public string? Password { get; init; }

    /// <summary>The sender's address, for example <c>crossdock@example.com</c>.</summary>
    [EmailAddress] public string? From { get; init; }
}
