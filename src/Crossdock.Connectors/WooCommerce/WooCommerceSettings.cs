using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>One store's settings as the mapping needs them, read once.</summary>
internal sealed record WooCommerceSettings(
    FrozenDictionary<string, OrderState> StatusMap, OrderState CompletedMeans,
    IReadOnlyList<string> TaxIdKeys, IReadOnlyList<string> HouseNumberKeys, IReadOnlyList<string> DistrictKeys)
{
    internal static readonly IReadOnlyList<string> DefaultTaxIdKeys =
        ["_billing_nif", "_billing_vat", "_billing_vat_number", "_vat_number", "_billing_rut", "billing_rut", "_billing_cpf", "_billing_cnpj", "_billing_dni"];
    internal static readonly IReadOnlyList<string> DefaultHouseNumberKeys =
        ["_shipping_number", "shipping_number", "_shipping_house_number", "_billing_number", "billing_number", "_billing_house_number", "number"];
    internal static readonly IReadOnlyList<string> DefaultDistrictKeys =
        ["_shipping_neighborhood", "_shipping_comuna", "_billing_neighborhood", "_billing_comuna", "neighborhood"];

    // The others are the hub's own decisions, never a shop's.
    private static readonly OrderState[] Possible =
        [OrderState.New, OrderState.AwaitingPayment, OrderState.Processing, OrderState.InShipment, OrderState.Delivered, OrderState.Closed, OrderState.Cancelled];

    private static readonly (string Name, string[] Values)[] Choices =
    [
        ("manageWebhooks", ["true", "false"]), ("tellStatus", ["true", "false"]), ("notifyCustomer", ["true", "false"]), ("completeWhen", ["shipped", "delivered", "never"]),
        ("tracking", ["note", "shipment_tracking", "ast"]), ("signIn", ["auto", "header", "query", "signature"]), ("permalinks", ["pretty", "plain"]),
    ];

    internal static int PageSize(ConnectionSettings connection) => int.TryParse(connection.Text("pageSize"), NumberStyles.None, CultureInfo.InvariantCulture, out int rows) ? Math.Clamp(rows, 1, 100) : 100;

    internal static WooCommerceSettings Of(ConnectionSettings connection) => new(
        Statuses(connection), connection.Text("completedMeans") == "delivered" ? OrderState.Delivered : OrderState.InShipment,
        List(connection, "taxIdKeys") ?? DefaultTaxIdKeys, List(connection, "houseNumberKeys") ?? DefaultHouseNumberKeys, List(connection, "districtKeys") ?? DefaultDistrictKeys);

    internal static IReadOnlyList<SettingProblem> Problems(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        if (connection.Text("siteUrl") is { } site
            && !(Uri.TryCreate(site, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)))
        {
            problems.Add(new("settings.siteUrl", "This is not an absolute http or https address; write it as in the browser, for example https://tienda.example/."));
        }
        else if (Uri.TryCreate(connection.Text("siteUrl"), UriKind.Absolute, out var signed) && signed.UserInfo.Length > 0)
        {
            problems.Add(new("settings.siteUrl", "Must not contain a user name or password, which would be shown with the settings; give secrets.consumerKey and secrets.consumerSecret."));
        }

        if (connection.Secrets.TryGetValue("webhookSecret", out string? secret) && (secret.Length == 0 || !secret.All(char.IsAsciiLetterOrDigit)))
        {
            problems.Add(new("secrets.webhookSecret", secret.Length == 0
                ? "The secret is empty, so anybody could sign: set the same secret here and in the shop's webhook."
                : "Only letters A-Z, a-z and digits are safe: WooCommerce decodes HTML entities in the secret before it signs; choose another one here and in the shop."));
        }

        if (connection.Secret("consumerKey") is null != connection.Secret("consumerSecret") is null)
        {
            problems.Add(new("secrets.consumerKey", "The consumer key and the consumer secret belong together: give both or neither."));
        }

        if (connection.Text("completedMeans") is { } completed && completed is not ("in_shipment" or "delivered"))
        {
            problems.Add(new("settings.completedMeans", $"'{completed}' is not possible; choose in_shipment or delivered."));
        }

        problems.AddRange(Choices.Where(choice => connection.Text(choice.Name) is { } given && !choice.Values.Contains(given))
            .Select(choice => new SettingProblem($"settings.{choice.Name}", $"'{connection.Text(choice.Name)}' is not possible; choose {string.Join(", ", choice.Values)}.")));
        if (connection.Text("pageSize") is { } size && !(int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int rows) && rows is >= 1 and <= 100))
        {
            problems.Add(new("settings.pageSize", $"{size} is not possible; a page holds 1 to 100 orders."));
        }

        if (connection.Text("tellStatus") == "true" && connection.Secret("consumerKey") is null)
        {
            problems.Add(new("settings.tellStatus", "The shop can only be told with a consumer key and secret that may write."));
        }

        if (connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty("statusMap", out var map) && map.ValueKind == JsonValueKind.Object)
        {
            problems.AddRange(map.EnumerateObject()
                .Where(entry => StateOf(entry.Value) is null)
                .Select(entry => new SettingProblem($"settings.statusMap.{entry.Name}", $"{entry.Value.GetRawText()} is not a state; possible are {string.Join(", ", Possible.Select(EnumNames<OrderState>.Of))}.")));
        }

        return problems;
    }

    private static FrozenDictionary<string, OrderState> Statuses(ConnectionSettings connection)
    {
        Dictionary<string, OrderState> statuses = new(StringComparer.OrdinalIgnoreCase);
        if (connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty("statusMap", out var map) && map.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in map.EnumerateObject())
            {
                if (StateOf(entry.Value) is { } state)
                {
                    statuses[WooCommerceStates.WithoutPrefix(entry.Name)] = state;
                }
            }
        }

        return statuses.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static OrderState? StateOf(JsonElement value) => value.ValueKind == JsonValueKind.String && EnumNames<OrderState>.Parse(value.GetString()) is { } state && Possible.Contains(state) ? state : null;

    private static IReadOnlyList<string>? List(ConnectionSettings connection, string name) =>
        connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : null;
}
