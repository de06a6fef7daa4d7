using Crossdock.Connectors.Configuration;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Custom;

/// <summary>What of a home-made shop's documents decides whether an order is right: of our own JSON the obvious, of a declared one what the declared fields are read from.</summary>
internal static class CustomShape
{
    internal static readonly DocumentShape Own = new()
    {
        Critical =
        [
            .. ShapePaths.Of(CriticalMeaning.Currency, ["data."], "currency"),
            .. ShapePaths.Of(CriticalMeaning.Amount, ["data."], "totals.total.amount", "lines[].unitPrice.amount", "lines[].total.amount"),
            .. ShapePaths.Of(CriticalMeaning.Lines, ["data."], "lines", "lines[].quantity"),
            .. ShapePaths.Of(CriticalMeaning.Address, ["data."], "shipTo", "shipTo.line1", "shipTo.city", "shipTo.country"),
        ],
        Open = ["data.attributes", "data.lines[].attributes"],
        Personal = ["data.customer", "data.shipTo", "data.billTo"],
    };

    /// <summary>The places that the critical ones of our fields are read from.</summary>
    internal static DocumentShape Of(DeclaredFields fields, string begin) =>
        new() { Critical = [.. Fields(fields.Rules, begin, "").DistinctBy(field => field.Path)] };

    private static IEnumerable<CriticalField> Fields(IReadOnlyList<FieldRule> rules, string begin, string list)
    {
        foreach (var rule in rules)
        {
            if (rule.Path is null || Path(begin, rule.Path) is not { Length: > 0 } path)
            {
                continue;
            }

            if (rule.Each is { } each)
            {
                if (rule.Target == "lines")
                {
                    yield return new CriticalField(path, CriticalMeaning.Lines);
                    foreach (var field in Fields(each, path + "[]", rule.Target))
                    {
                        yield return field;
                    }
                }
            }
            else if (Meaning(list.Length == 0 ? rule.Target : $"{list}.{rule.Target}") is { } meaning)
            {
                yield return new CriticalField(path, meaning);
            }
        }
    }

    private static CriticalMeaning? Meaning(string target) => target switch
    {
        "currency" => CriticalMeaning.Currency,
        "totals.total" or "totals.shipping" or "lines.unitPrice" or "lines.total" => CriticalMeaning.Amount,
        "lines.quantity" => CriticalMeaning.Lines,
        "shipTo.line1" or "shipTo.city" or "shipTo.district" or "shipTo.country" => CriticalMeaning.Address,
        _ => null,
    };

    /// <summary>A pointer as a path: an index stands for every item.</summary>
    internal static string Path(string begin, JsonPointer pointer)
    {
        string path = string.Join('.', pointer.ToString().Split('/', StringSplitOptions.RemoveEmptyEntries).Select(part => part.All(char.IsAsciiDigit) ? "[]" : part)).Replace(".[]", "[]", StringComparison.Ordinal);
        return begin.Length == 0 || path.Length == 0 ? begin + path : $"{begin}.{path}";
    }
}
