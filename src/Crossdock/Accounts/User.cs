using Crossdock.Model.Orders;

namespace Crossdock.Accounts;

/// <summary>A person who signs in. Mutable, since the framework's user manager sets it part by part and has it stored then.</summary>
public sealed class User
{
    public Guid Id { get; set; } = Guid.CreateVersion7();
    public string Name { get; set; } = "";
    public string NormalName { get; set; } = "";
    /// <summary>Where a link for a new password can be sent; null for nowhere.</summary>
    public string? Mail { get; set; }
    public string? NormalMail { get; set; }
    /// <summary>Null until an invited person has chosen a password.</summary>
    public string? PasswordHash { get; set; }
    /// <summary>snake_case name of a <see cref="Accounts.Role"/>.</summary>
    public string RoleName { get; set; } = Roles.Name(Role.Viewer);
    /// <summary>Ids of the only connections whose data this person may see; null for all. Administrators have no limits.</summary>
    public int[]? Connections { get; set; }
    /// <summary>Sessions begun with another stamp are over.</summary>
    public string Stamp { get; set; } = "";
    public bool IsDisabled { get; set; }
    public int Failures { get; set; }
    public DateTimeOffset? LockedUntil { get; set; }
    public bool HasSecondFactor { get; set; }
    /// <summary>Protected as it is stored.</summary>
    public string? AuthenticatorKey { get; set; }
    public string[] RecoveryCodes { get; set; } = [];
    public long UsedStep { get; set; }
    public long Version { get; set; } = 1;
    public DateTimeOffset CreatedAt { get; set; }
    public string CreatedBy { get; set; } = "";
    public DateTimeOffset? SignedInAt { get; set; }

    /// <summary>What this person is here for.</summary>
    public Role Role => EnumNames<Role>.Parse(RoleName) ?? Role.Viewer;

    /// <summary>Written to the audit log in the transaction that stores the change.</summary>
    internal List<AuditEntry> Told { get; } = [];
}
