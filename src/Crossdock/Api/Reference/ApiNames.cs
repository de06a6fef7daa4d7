using System.Text;

namespace Crossdock.Api.Reference;

/// <summary>Names of operations, made of method and address: <c>POST /api/v1/orders/{id}/approve</c> is approveOrder. They are in generated clients: a name never changes.</summary>
internal static class ApiNames
{
    private static readonly HashSet<string> Verbs = new(StringComparer.Ordinal)
    {
        "accept", "acknowledge", "apply", "approve", "cancel", "check", "deliver", "drop", "edit-and-retry", "export", "hold", "ignore", "invite", "reconcile", "release", "replay", "resend", "restore", "resume", "retry", "start", "stop", "test", "undo", "preview",
    };

    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["POST /api/v1/configuration"] = "applyConfiguration",
        ["POST /api/v1/connections/{key}/subscriptions"] = "checkConnectionSubscriptions",
        ["POST /api/v1/connections/{key}/imports"] = "uploadConnectionImport",
        ["POST /api/v1/webhooks/{id}/secret"] = "changeWebhookSecret",
        ["GET /schemas/order.json"] = "getOrderSchema",
    };

    /// <summary>The name of one operation.</summary>
    /// <param name="method">Upper case.</param>
    /// <param name="path">With its parameters in braces.</param>
    /// <param name="isList">Whether it answers a list.</param>
    public static string Of(string method, string path, bool isList)
    {
        if (Own.TryGetValue($"{method} {path}", out string? own))
        {
            return own;
        }

        string[] parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).SkipWhile(part => part is "api" or "v1")];
        string? verb = Verbs.Contains(parts[^1]) && parts.Length > 1 ? parts[^1] : null;
        if (verb is not null)
        {
            parts = parts[..^1];
        }

        var name = new StringBuilder();
        name.Append(verb is null ? method switch
        {
            "GET" => isList ? "list" : "get",
            "POST" => "create",
            "PUT" or "PATCH" => "change",
            "DELETE" => "delete",
            _ => method.ToLowerInvariant(),
        } : Camel(verb, isFirst: true));
        for (int place = 0; place < parts.Length; place++)
        {
            if (parts[place][0] == '{')
            {
                continue;
            }

            bool isOne = (place + 1 < parts.Length && parts[place + 1][0] == '{') || (place == parts.Length - 1 && method == "POST" && verb is null);
            name.Append(Camel(isOne ? Singular(parts[place]) : parts[place], isFirst: false));
        }

        return name.ToString();
    }

    private static string Singular(string word) =>
        word.EndsWith("ies", StringComparison.Ordinal) ? word[..^3] + "y" : word.EndsWith('s') && !word.EndsWith("ss", StringComparison.Ordinal) ? word[..^1] : word;

    private static string Camel(string words, bool isFirst) => string.Concat(words.Split('-', '.', '_').Select((word, place) => place == 0 && isFirst ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
