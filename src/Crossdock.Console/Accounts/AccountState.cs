using Microsoft.AspNetCore.Http;

namespace Crossdock.WebConsole.Accounts;

/// <summary>What a form of these pages has to say on the page that answers it: what went wrong with what was typed, or what is shown this once.</summary>
/// <param name="Problem">Why nothing was changed; null when it was.</param>
/// <param name="Done">What was done.</param>
/// <param name="Once">A token, a link or codes, to be copied now: it is stored nowhere.</param>
/// <param name="Sent">What was typed, without passwords.</param>
public sealed record AccountState(string? Problem = null, string? Done = null, IReadOnlyList<string>? Once = null, IReadOnlyDictionary<string, string>? Sent = null)
{
    private const string Item = "crossdock-account-form";

    /// <summary>What was typed into that field.</summary>
    internal string Typed(string field) => Problem is not null && Sent?.TryGetValue(field, out string? text) == true ? text : "";

    /// <summary>Hands it to the page that is made for this request.</summary>
    internal void Give(HttpContext context) => context.Items[Item] = this;

    /// <summary>What the form of this request left; nothing on a page that was only looked at.</summary>
    internal static AccountState Of(HttpContext? context) => context?.Items[Item] as AccountState ?? new AccountState();
}
