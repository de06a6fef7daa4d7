using System.Globalization;
using System.Security.Claims;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Api;

/// <summary>Who came in, as the framework's principal; and back.</summary>
public static class Principals
{
    private const string PermissionClaim = "crossdock:permission";
    private const string ConnectionClaim = "crossdock:connection";
    private const string LimitedClaim = "crossdock:limited";
    private const string KindClaim = "crossdock:kind";
    private const string LocaleClaim = "crossdock:locale";
    private const string TimeZoneClaim = "crossdock:zone";

    /// <summary>Whoever has the administrator's token.</summary>
    internal static ClaimsPrincipal Administrator(string scheme) => Of(scheme, CallerKind.AdministratorToken, "admin", null, "administrator", Enum.GetValues<Permission>(), null);

    /// <summary>A person who has signed in.</summary>
    internal static ClaimsPrincipal User(string scheme, Session session)
    {
        if (session.UserId is not { } id)
        {
            return Administrator(scheme);
        }

        var role = EnumNames<Role>.Parse(session.RoleName ?? "") ?? Role.Viewer;
        var principal = Of(scheme, CallerKind.User, session.Name ?? "", id, Roles.Name(role), Roles.Of(role), session.Connections);
        var identity = (ClaimsIdentity)principal.Identity!;
        if (session.Locale is not null)
        {
            identity.AddClaim(new(LocaleClaim, session.Locale));
        }

        if (session.TimeZone is not null)
        {
            identity.AddClaim(new(TimeZoneClaim, session.TimeZone));
        }

        return principal;
    }

    /// <summary>A program with its token.</summary>
    internal static ClaimsPrincipal Token(string scheme, KnownToken token) =>
        Of(scheme, CallerKind.Token, token.Name, token.Id, null, [.. token.Scopes.Select(EnumNames<Permission>.Parse).OfType<Permission>()], token.Connections);

    /// <summary>True when this person or program may do that.</summary>
    public static bool May(this ClaimsPrincipal user, Permission permission) => user.HasClaim(PermissionClaim, EnumNames<Permission>.Of(permission));

    /// <summary>The id of the account; null for the administrator's token and programs.</summary>
    public static Guid? AccountId(this ClaimsPrincipal user) =>
        user.FindFirst(KindClaim)?.Value == nameof(CallerKind.User) && Guid.TryParse(user.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var id) ? id : null;

    /// <summary>The role's stored name; null for programs.</summary>
    public static string? RoleName(this ClaimsPrincipal user) => user.FindFirst(ClaimTypes.Role)?.Value;

    /// <summary>How this person wants the console written.</summary>
    public static Preferences Preferences(this ClaimsPrincipal user) => new(user.FindFirst(LocaleClaim)?.Value, user.FindFirst(TimeZoneClaim)?.Value);

    /// <summary>True when only some connections may be seen.</summary>
    public static bool IsLimited(this ClaimsPrincipal user) => user.HasClaim(LimitedClaim, "true");

    /// <summary>Who asks, for queries and the audit log.</summary>
    internal static Caller CallerOf(HttpContext context)
    {
        var user = context.User;
        string? address = context.Connection.RemoteIpAddress?.ToString();
        return Enum.TryParse<CallerKind>(user.FindFirst(KindClaim)?.Value, out var kind)
            ? new Caller(kind, user.Identity?.Name ?? "", Guid.TryParse(user.FindFirst(ClaimTypes.NameIdentifier)?.Value, out var id) ? id : null, address,
                user.IsLimited() ? [.. user.FindAll(ConnectionClaim).Select(claim => int.Parse(claim.Value, CultureInfo.InvariantCulture))] : null)
            : new Caller(CallerKind.Nobody, "nobody", null, address, null);
    }

    private static ClaimsPrincipal Of(string scheme, CallerKind kind, string name, Guid? id, string? role, IReadOnlyList<Permission> permissions, int[]? connections)
    {
        List<Claim> claims = [new(ClaimTypes.Name, name), new(KindClaim, kind.ToString()), .. permissions.Select(permission => new Claim(PermissionClaim, EnumNames<Permission>.Of(permission)))];
        if (id is { } known)
        {
            claims.Add(new(ClaimTypes.NameIdentifier, known.ToString()));
        }

        if (role is not null)
        {
            claims.Add(new(ClaimTypes.Role, role));
        }

        if (connections is not null)
        {
            claims.Add(new(LimitedClaim, "true"));
            claims.AddRange(connections.Select(connection => new Claim(ConnectionClaim, connection.ToString(CultureInfo.InvariantCulture))));
        }

        return new(new ClaimsIdentity(claims, scheme, ClaimTypes.Name, ClaimTypes.Role));
    }
}
