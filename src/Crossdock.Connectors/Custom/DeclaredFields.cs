using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Orders;
using NodaTime;

namespace Crossdock.Connectors.Custom;

/// <summary>The table from canonical names to places in a home-made shop's document.</summary>
internal sealed class DeclaredFields(IReadOnlyList<FieldRule> rules)
{
    private readonly FieldRule? externalId = rules.FirstOrDefault(rule => rule.Target == "externalId");
    private readonly FieldRule? updatedAt = rules.FirstOrDefault(rule => rule.Target == "updatedAt");
    private readonly FieldRule? currency = rules.FirstOrDefault(rule => rule.Target == "currency");

    internal IReadOnlyList<FieldRule> Rules => rules;

    internal static DeclaredFields Read(SettingsReader reader)
    {
        var rules = ReadRules(reader, typeof(Order), "");
        foreach (string needed in (ReadOnlySpan<string>)["externalId", "currency", "totals.total"])
        {
            if (!rules.Any(rule => rule.Target == needed))
            {
                reader.Problem(needed, "is missing: every order needs it");
            }
        }

        return new DeclaredFields(rules);
    }

    internal string? ExternalId(JsonElement order) => Safely(() => externalId?.Text(order, ""));

    internal DateTimeOffset? UpdatedAt(JsonElement order)
    {
        try
        {
            return updatedAt?.Text(order, "") is { } text ? updatedAt.Time(text, "").ToUniversalTime() : null;
        }
        catch (FieldException)
        {
            return null;
        }
    }

    /// <summary>The canonical order as JSON. Throws <see cref="FieldException"/> naming place and value.</summary>
    internal JsonObject Make(JsonElement order, string at) => Build(rules, order, at, currency?.Text(order, at)?.ToUpperInvariant(), "", 0);

    internal static JsonObject Build(IReadOnlyList<FieldRule> rules, JsonElement from, string at, string? currency, string list, int index)
    {
        var made = new JsonObject();
        foreach (var rule in rules)
        {
            if (rule.Make(from, at, currency) is { } value)
            {
                Put(made, rule.Target, value);
            }
        }

        if (list == "lines")
        {
            made["id"] ??= (index + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
            made["name"] ??= made["sku"]?.DeepClone() ?? "";
            made["currentQuantity"] ??= made["quantity"]?.DeepClone();
        }
        else if (list.Length == 0)
        {
            made["number"] ??= made["externalId"]?.DeepClone();
        }

        return made;
    }

    private static void Put(JsonObject made, string target, JsonNode value)
    {
        string[] steps = target.StartsWith("attributes.", StringComparison.Ordinal) ? ["attributes", target["attributes.".Length..]] : target.Split('.');
        foreach (string step in steps[..^1])
        {
            made = (made[step] ??= new JsonObject()).AsObject();
        }

        made[steps[^1]] = value;
    }

    private static List<FieldRule> ReadRules(SettingsReader reader, Type type, string list)
    {
        List<FieldRule> rules = [];
        foreach (var (target, setting) in reader.Everything())
        {
            if (TypeOf(type, target, out string possible) is not { } field)
            {
                reader.Problem(target, $"is not a field of {(list.Length == 0 ? "an order" : list)}; possible are {possible}");
                continue;
            }

            var rule = setting.ValueKind == JsonValueKind.String
                ? JsonPointer.Parse(setting.GetString()!) is { } pointer ? Simple(target, field, pointer) : null
                : setting.ValueKind == JsonValueKind.Object ? ReadRule(reader.Group(target)!, target, field) : null;
            if (rule is null)
            {
                reader.Problem(target, "must be a JSON pointer such as /order/id, or an object with path, const, values, default, date, zone, money, currency, each");
            }
            else if (IsList(field) is { } && rule.Each is null)
            {
                reader.Problem(target, "is a list: it needs path and each");
            }
            else
            {
                rules.Add(rule);
            }
        }

        return rules;
    }

    private static FieldRule Simple(string target, Type type, JsonPointer path) => new(target, type, path, null, new Dictionary<string, string>(), null, null, DateTimeZone.Utc, false, null, null, null);

    private static FieldRule ReadRule(SettingsReader reader, string target, Type type)
    {
        string? zoneName = reader.Text("zone");
        var zone = zoneName is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zoneName);
        if (zone is null)
        {
            reader.Problem("zone", $"'{zoneName}' is not a time zone; use a name such as America/Santiago");
        }

        string? told = reader.Text("currency");
        var values = reader.Table("values");
        string? fallback = reader.Text("default");
        if (EnumNamesOf(type) is { } names)
        {
            foreach (string value in values.Values.Append(fallback ?? names[0]).Where(value => !names.Contains(value)).Distinct())
            {
                reader.Problem("values", $"'{value}' is not possible for {target}; possible are {string.Join(", ", names)}");
            }
        }

        var rule = new FieldRule(
            target, type, reader.Pointer("path"), reader.Text("const"), values, fallback, reader.Text("date"), zone ?? DateTimeZone.Utc,
            reader.Choice("money", "main", "main", "cents") == "cents",
            told?.StartsWith('/') == true ? null : told, told?.StartsWith('/') == true ? JsonPointer.Parse(told) : null,
            IsList(type) is { } item && reader.Group("each") is { } each ? ReadRules(each, item, target) : null);
        if (rule.Path is null && rule.Const is null && rule.Each is null && rule.Default is null)
        {
            reader.Problem(null, "needs a path or a const");
        }

        reader.Close();
        return rule;
    }

    private static IReadOnlyList<string>? EnumNamesOf(Type type) =>
        type == typeof(OrderState) ? [.. EnumNames<OrderState>.All.Where(CustomConnector.IsShopsOwn)]
        : type == typeof(PaymentStatus) ? EnumNames<PaymentStatus>.All
        : type == typeof(FulfilmentStatus) ? EnumNames<FulfilmentStatus>.All : null;

    /// <summary>The element type of a list of records; null for anything else.</summary>
    private static Type? IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) && type.GetGenericArguments()[0] != typeof(string) ? type.GetGenericArguments()[0] : null;

    private static Type? TypeOf(Type type, string target, out string possible)
    {
        possible = "";
        foreach (string step in target.Split('.'))
        {
            if (type == typeof(IReadOnlyDictionary<string, string>))
            {
                return typeof(string);
            }

            var properties = OrderJson.Default.Options.GetTypeInfo(type).Properties;
            possible = string.Join(", ", properties.Select(property => property.Name).Where(name => name is not ("packages" or "concerns")));
            if (properties.FirstOrDefault(property => property.Name == step && step is not ("packages" or "concerns")) is not { } found)
            {
                return null;
            }

            type = Nullable.GetUnderlyingType(found.PropertyType) ?? found.PropertyType;
        }

        return type == typeof(Money) || type.Namespace != typeof(Order).Namespace || type.IsEnum ? type : null;
    }

    private static string? Safely(Func<string?> read)
    {
        try
        {
            return read();
        }
        catch (FieldException)
        {
            return null;
        }
    }
}
