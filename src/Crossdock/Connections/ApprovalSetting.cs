using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connections;

/// <summary>Who lets a store's orders through: nobody, one person, or two different people.</summary>
/// <param name="IsManual">True when a person approves every order.</param>
/// <param name="HasFourEyes">True when two have to.</param>
/// <param name="Above">Only for orders whose total is above this, in the order's own currency; null for all.</param>
public sealed record ApprovalSetting(bool IsManual, bool HasFourEyes, decimal? Above)
{
    private const string FourEyes = "four_eyes";

    /// <summary>Nobody has to.</summary>
    public static ApprovalSetting Automatic { get; } = new(false, false, null);

    /// <summary>Whether this order needs two people.</summary>
    public bool NeedsTwo(Order order) => HasFourEyes && (Above is not { } limit || order.Totals.Total.Amount > limit);

    /// <summary>As it is stored: <c>automatic</c>, <c>manual</c>, <c>four_eyes</c> or <c>four_eyes above 500000</c>.</summary>
    public override string ToString() => !IsManual ? "automatic" : !HasFourEyes ? "manual" : Above is { } limit ? string.Create(CultureInfo.InvariantCulture, $"{FourEyes} above {limit:0.####}") : FourEyes;

    /// <summary>Reads what is stored.</summary>
    public static ApprovalSetting Parse(string text) => Find(text) ?? throw new FormatException($"\"{text}\" is no setting of approval.");

    /// <summary>Reads a word, or <c>{ fourEyes: true, above: 500000 }</c>.</summary>
    public static ApprovalSetting Read(JsonNode? node, string path, ICollection<SettingProblem> problems)
    {
        if (node is JsonObject map)
        {
            decimal? above = null;
            bool isRead = map["fourEyes"]?.ToString() == "true" && map.All(part => part.Key is "fourEyes" or "above");
            if (isRead && map["above"] is { } limit)
            {
                isRead = decimal.TryParse(limit.ToString(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount);
                above = amount;
            }

            if (isRead)
            {
                return new(true, true, above);
            }
        }
        else if (Find(node?.ToString() ?? "automatic") is { } known)
        {
            return known;
        }

        problems.Add(new SettingProblem(path, "Possible: automatic, manual, four_eyes, or { fourEyes: true, above: 500000 } for orders above a total."));
        return Automatic;
    }

    /// <summary>As a configuration file has it.</summary>
    public JsonNode Write() => HasFourEyes && Above is { } limit ? new JsonObject { ["fourEyes"] = true, ["above"] = limit } : JsonValue.Create(ToString());

    private static ApprovalSetting? Find(string text) => text switch
    {
        "automatic" => Automatic,
        "manual" => new(true, false, null),
        FourEyes => new(true, true, null),
        _ when text.StartsWith(FourEyes + " above ", StringComparison.Ordinal) && decimal.TryParse(text[(FourEyes.Length + 7)..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal limit) => new(true, true, limit),
        _ => null,
    };
}
