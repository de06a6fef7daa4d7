using System.Globalization;
using System.Security.Claims;
using System.Text;
using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Crossdock.Api;

/// <summary>A user to be let in; without a password the answer has a link by which they choose one.</summary>
internal sealed record UserDraft(string? Name = null, string? Mail = null, string? Role = null, IReadOnlyList<string>? Connections = null, string? Password = null);

/// <summary>What changes about a user; what is left out stays.</summary>
internal sealed record UserEdit(string? Mail = null, string? Role = null, IReadOnlyList<string>? Connections = null, bool? Disabled = null, bool ForgetSecondFactor = false, bool Unlock = false);

/// <summary>A user, and where a password has to be chosen yet the link for it, shown once.</summary>
internal sealed record UserReply(UserRow User, string? PasswordLink);

/// <summary>A token to be made.</summary>
internal sealed record TokenDraft(string? Name = null, IReadOnlyList<string>? Scopes = null, IReadOnlyList<string>? Connections = null, string? ExpiresAt = null);

/// <summary>A token just made: <c>token</c> is shown this once.</summary>
internal sealed record TokenReply(string Token, ApiToken Details);

/// <summary>Who the caller is and what they may do.</summary>
internal sealed record Me(string Name, string Kind, string? Role, IReadOnlyList<string> Permissions, IReadOnlyList<string>? Connections);

/// <summary>Users, tokens, sessions and the audit log.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/me", MeAsync).WithTags("Accounts").WithSummary("Who you are here, and what you may do").Produces<Me>();

        var users = api.MapGroup("/users").WithTags("Accounts").Needs(Permission.Administer);
        users.MapGet("/", async (UserAccounts accounts, CancellationToken cancellationToken) => Results.Ok(new Page<UserRow>(await accounts.ListAsync(cancellationToken), null))).WithSummary("All users").Produces<Page<UserRow>>();
        users.MapPost("/", CreateAsync).WithSummary("Let somebody in; without a password the answer has a link by which they choose one").Accepts<UserDraft>("application/json").Produces<UserReply>(201).ProducesProblem(409);
        users.MapGet("/{id:guid}", OneAsync).WithSummary("One user").Produces<UserRow>().ProducesProblem(404).WithETag();
        users.MapPatch("/{id:guid}", ChangeAsync).WithSummary("Change role, limits, mail or access of a user").Accepts<UserEdit>("application/json").Produces<UserRow>().ProducesProblem(404).ProducesProblem(409).WithETag();
        users.MapPost("/{id:guid}/invite", InviteAsync).WithSummary("A link by which the user chooses a new password: it works once, for a day").Produces<UserReply>().ProducesProblem(404).ProducesProblem(409);
        users.MapGet("/{id:guid}/sessions", async (Sessions sessions, Guid id, CancellationToken cancellationToken) => Results.Ok(new Page<Session>(await sessions.ListAsync(id, cancellationToken), null))).WithSummary("Where a user is signed in").Produces<Page<Session>>();

        var sessions = api.MapGroup("/sessions").WithTags("Accounts").Needs(Permission.Administer);
        sessions.MapGet("/", async (Sessions all, CancellationToken cancellationToken) => Results.Ok(new Page<Session>(await all.ListAsync(null, cancellationToken), null))).WithSummary("Who is signed in").Produces<Page<Session>>();
        sessions.MapDelete("/{id:guid}", async (Sessions all, Guid id, CancellationToken cancellationToken) => await all.EndAsync(id, null, cancellationToken) ? Results.NoContent() : Problems.NotFound("There is no such session any more."))
            .WithSummary("End a session at once").Produces(204).ProducesProblem(404);

        var tokens = api.MapGroup("/tokens").WithTags("Accounts").Needs(Permission.Administer);
        tokens.MapGet("/", async (ApiTokens all, CancellationToken cancellationToken) => Results.Ok(new Page<ApiToken>(await all.ListAsync(cancellationToken), null))).WithSummary("All tokens, without the tokens themselves").Produces<Page<ApiToken>>();
        tokens.MapPost("/", MakeTokenAsync).WithSummary("Make a token for a program; it is shown this once").Accepts<TokenDraft>("application/json").Produces<TokenReply>(201).ProducesProblem(409);
        tokens.MapDelete("/{id:guid}", async (ApiTokens all, Guid id, ClaimsPrincipal user, CancellationToken cancellationToken) => await all.RevokeAsync(id, Actor.Of(user), cancellationToken) ? Results.NoContent() : Problems.NotFound("There is no token in force with this id. GET /api/v1/tokens lists them all."))
            .WithSummary("End a token for good").Produces(204).ProducesProblem(404);

        var audit = api.MapGroup("/audit").WithTags("Accounts").Needs(Permission.Administer);
        audit.MapGet("/", AuditAsync).WithSummary("Who changed what, newest first").Produces<Page<AuditRow>>();
        audit.MapGet("/export", ExportAsync).WithSummary("The same as CSV, all pages").Produces(200, contentType: "text/csv");
    }

    private static async Task<IResult> MeAsync(ClaimsPrincipal user, ConnectionQueries connections, CancellationToken cancellationToken) => Results.Ok(new Me(
        user.Identity?.Name ?? "", EnumNames<CallerKind>.Of(Caller.Current?.Kind ?? CallerKind.Nobody), user.RoleName(), [.. Enum.GetValues<Permission>().Where(user.May).Select(EnumNames<Permission>.Of)],
        user.IsLimited() ? [.. (await connections.ListAsync(cancellationToken)).Select(connection => connection.Key)] : null));

    private static async Task<IResult> CreateAsync(UserAccounts accounts, HubAddress hub, HttpContext context, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(context.Request, new UserDraft(), cancellationToken);
        var role = input.Name<Role>("role", draft.Role);
        input.Require(input.Problem is not null || draft is { Name.Length: > 0, Role.Length: > 0 }, "Say who and as what, as {\"name\":\"eva\",\"role\":\"operator\"}.");
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var answer = await accounts.CreateAsync(new NewUser { Name = draft.Name!, Mail = draft.Mail, Role = role!.Value, Connections = draft.Connections, Password = draft.Password }, Actor.Of(user), cancellationToken);
        return answer.User is { } made ? Results.Created($"/api/v1/users/{made.Id}", new UserReply(made, answer.Ticket is { } ticket ? AccountLinks.Password(context, hub, made.Id, ticket) : null)) : Problems.Conflict(answer.Refusal!);
    }

    private static async Task<IResult> OneAsync(UserAccounts accounts, HttpContext context, Guid id, CancellationToken cancellationToken) =>
        await accounts.FindAsync(id, cancellationToken) is { } one ? Results.Ok(ETags.Tagged(context, one.Version, one)) : Unknown();

    private static async Task<IResult> ChangeAsync(UserAccounts accounts, Guid id, HttpContext context, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var edit = await input.BodyAsync(context.Request, new UserEdit(), cancellationToken);
        var role = input.Name<Role>("role", edit.Role);
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var before = await accounts.FindAsync(id, cancellationToken);
        if (before is not null && ETags.Refusal(context, before.Version) is { } missed)
        {
            return missed;
        }

        var change = new UserChange
        {
            Mail = edit.Mail, Role = role, Connections = edit.Connections, IsDisabled = edit.Disabled, ForgetSecondFactor = edit.ForgetSecondFactor, Unlock = edit.Unlock, Version = ETags.IsAsked(context) ? before?.Version : null,
        };
        return await accounts.ChangeAsync(id, change, cancellationToken) switch
        {
            { User: { } now } => Results.Ok(ETags.Tagged(context, now.Version, now)),
            { Refusal: { } refusal } => Problems.Conflict(refusal),
            _ => Unknown(),
        };
    }

    private static async Task<IResult> InviteAsync(UserAccounts accounts, HubAddress hub, HttpContext context, Guid id, CancellationToken cancellationToken) => await accounts.InviteAsync(id, cancellationToken) switch
    {
        { User: { } user, Ticket: { } ticket } => Results.Ok(new UserReply(user, AccountLinks.Password(context, hub, id, ticket))),
        { Refusal: { } refusal } => Problems.Conflict(refusal),
        _ => Unknown(),
    };

    private static async Task<IResult> MakeTokenAsync(ApiTokens tokens, HttpRequest request, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var draft = await input.BodyAsync(request, new TokenDraft(), cancellationToken);
        var expires = input.Time("expiresAt", draft.ExpiresAt);
        List<Permission> scopes = [.. (draft.Scopes ?? []).Select(scope => input.Name<Permission>("scopes", scope)).OfType<Permission>()];
        if (input.Problem is { } problem)
        {
            return problem;
        }

        var made = await tokens.MakeAsync(new NewToken { Name = draft.Name ?? "", Scopes = scopes, Connections = draft.Connections, ExpiresAt = expires }, Actor.Of(user), cancellationToken);
        return made is { Token: { } token, Clear: { } clear } ? Results.Created($"/api/v1/tokens/{token.Id}", new TokenReply(clear, token)) : Problems.Conflict(made.Refusal!);
    }

    private static async Task<IResult> AuditAsync(AuditQueries audit, string? cursor, string? limit, string? actor, string? action, string? subject, string? subjectId, string? connection, string? from, string? to, CancellationToken cancellationToken)
    {
        var input = new ApiInput();
        var page = input.Page(cursor, limit);
        var search = Search(input, actor, action, subject, subjectId, connection, from, to);
        return input.Problem ?? Results.Ok(await audit.SearchAsync(search, page, cancellationToken));
    }

    private static IResult ExportAsync(AuditQueries audit, string? actor, string? action, string? subject, string? subjectId, string? connection, string? from, string? to)
    {
        var input = new ApiInput();
        var search = Search(input, actor, action, subject, subjectId, connection, from, to);
        return input.Problem ?? Results.Stream(async stream =>
        {
            await using var writer = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true);
            await writer.WriteAsync("at,actor_kind,actor,address,action,subject,subject_id,connection,before,after,because\r\n");
            PageRequest? page = new(null, PageRequest.MaximumTake);
            while (page is not null)
            {
                var rows = await audit.SearchAsync(search, page, CancellationToken.None);
                foreach (var row in rows.Items)
                {
                    await writer.WriteAsync(string.Join(',', Cells(row).Select(Cell)) + "\r\n");
                }

                page = rows.Next is null ? null : PageRequest.Read(rows.Next, PageRequest.MaximumTake, out _);
            }
        }, "text/csv; charset=utf-8", "audit.csv");
    }

    private static string?[] Cells(AuditRow row) =>
    [
        row.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), row.ActorKind, row.Actor, row.Address, row.Action, row.Subject, row.SubjectId, row.Connection,
        row.Before?.GetRawText(), row.After?.GetRawText(), row.Because,
    ];

    // What a person typed must not become a formula in somebody's spreadsheet.
    private static string Cell(string? text) => text switch
    {
        null or "" => "",
        ['=' or '+' or '-' or '@' or '\t' or '\r', ..] => Quoted("'" + text),
        _ => text.AsSpan().ContainsAny(",\"\r\n") ? Quoted(text) : text,
    };

    private static string Quoted(string text) => '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static AuditSearch Search(ApiInput input, string? actor, string? action, string? subject, string? subjectId, string? connection, string? from, string? to) => new()
    {
        Actor = input.Text(nameof(actor), actor), Action = input.Text(nameof(action), action), Subject = input.Text(nameof(subject), subject), SubjectId = input.Text(nameof(subjectId), subjectId),
        Connection = input.Text(nameof(connection), connection), From = input.Time(nameof(from), from), To = input.Time(nameof(to), to),
    };

    private static IResult Unknown() => Problems.NotFound("There is no user with this id. GET /api/v1/users lists them all.");
}
