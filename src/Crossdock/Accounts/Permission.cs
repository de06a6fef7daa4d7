using Crossdock.Model.Orders;

namespace Crossdock.Accounts;

/// <summary>What somebody may do; also the scopes of tokens, by their snake_case names. Each stands for itself, but all include <see cref="Read"/>.</summary>
#pragma warning disable CA1711 // The framework's old CodeAccessPermission is not meant here: it is the plain word.
public enum Permission
#pragma warning restore CA1711
{
    /// <summary>Look at orders, deliveries, events, connections and figures.</summary>
    Read = 0,
    /// <summary>Try rules on stored events; nothing is sent or changed.</summary>
    Analyse = 1,
    /// <summary>Change orders, holds, deliveries and events; read files, history and ledgers.</summary>
    Write = 2,
    /// <summary>Connections, their settings and rules.</summary>
    Configure = 3,
    /// <summary>Users, tokens, sessions and the audit log.</summary>
    Administer = 4,
}

/// <summary>What a person is here for.</summary>
public enum Role
{
    /// <summary>Looks.</summary>
    Viewer = 0,
    /// <summary>Looks, and tries rules.</summary>
    Analyst = 1,
    /// <summary>Works on orders.</summary>
    Operator = 2,
    /// <summary>Everything.</summary>
    Administrator = 3,
}

/// <summary>What each role may do.</summary>
public static class Roles
{
    /// <summary>The permissions of a role.</summary>
    public static IReadOnlyList<Permission> Of(Role role) => role switch
    {
        Role.Viewer => [Permission.Read],
        Role.Analyst => [Permission.Read, Permission.Analyse],
        Role.Operator => [Permission.Read, Permission.Analyse, Permission.Write],
        Role.Administrator => Enum.GetValues<Permission>(),
    };

    /// <summary>What a role may do, for people.</summary>
    public static string Words(Role role) => role switch
    {
        Role.Viewer => "looks at orders, deliveries, events and figures",
        Role.Analyst => "looks, and tries rules on stored events",
        Role.Operator => "works on orders, holds, deliveries, imports and backfills",
        Role.Administrator => "everything, also connections, users and tokens",
    };

    /// <summary>What a permission allows, for people.</summary>
    public static string Words(Permission permission) => permission switch
    {
        Permission.Read => "look at orders, deliveries, events, connections and figures",
        Permission.Analyse => "try rules on stored events",
        Permission.Write => "change orders, holds, deliveries and events; imports, backfills, comparing",
        Permission.Configure => "connections, their settings and rules",
        Permission.Administer => "users, tokens and the audit log",
    };

    /// <summary>The role's stored name.</summary>
    public static string Name(Role role) => EnumNames<Role>.Of(role);
}
