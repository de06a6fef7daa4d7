using System.Collections.Frozen;
using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using NodaTime;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>One shop's settings, read once.</summary>
internal sealed record PrestaShopSettings
{
    internal static readonly string[] DefaultCashModules = ["ps_cashondelivery", "cashondelivery", "codfee", "cashondeliverywithfee", "megareembolso"];
    internal static readonly string[] AddressFields = ["none", "city", "address2", "other", "alias"];

    /// <summary>What the keys of <c>tellStates</c> may be.</summary>
    internal static readonly string[] Told = ["processing", "in_shipment", "delivered", "cancelled", "processing_unpaid", "in_shipment_unpaid", "delivered_unpaid"];

    // The others are the hub's own decisions, never a shop's.
    private static readonly OrderState[] Possible =
        [OrderState.New, OrderState.AwaitingPayment, OrderState.Processing, OrderState.InShipment, OrderState.Delivered, OrderState.Closed, OrderState.Cancelled];

    internal Uri? ShopUrl { get; private init; }
    internal int? ShopId { get; private init; }
    internal DateTimeZone? Zone { get; private init; }
    internal bool IsXml { get; private init; }
    internal bool KeyInQuery { get; private init; }
    internal int PauseMilliseconds { get; private init; } = 300;
    internal int PageSize { get; private init; } = 50;
    internal required FrozenDictionary<string, OrderState> StateMap { get; init; }
    internal bool TellsStatus { get; private init; }
    internal required IReadOnlyDictionary<string, string> TellStates { get; init; }
    internal bool MailsBuyer { get; private init; } = true;
    internal required FrozenSet<string> CashModules { get; init; }
    internal required IReadOnlyList<string> PickupCarriers { get; init; }
    internal string DistrictFrom { get; private init; } = "none";
    internal string RegionFrom { get; private init; } = "none";
    internal string WeightUnit { get; private init; } = "kg";
    internal bool HoldsDifferences { get; private init; } = true;

    internal static PrestaShopSettings Of(ConnectionSettings connection) => Read(connection, []);

    internal static IReadOnlyList<SettingProblem> Problems(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        Read(connection, problems);
        if (connection.Secrets.TryGetValue("webhookSecret", out string? secret) && secret.Length < 16)
        {
            problems.Add(new("secrets.webhookSecret", "The secret has fewer than 16 characters and could be guessed: enter the one that the module's page in the shop shows."));
        }

        if (connection.Secret("webserviceKey") is { } key && (key.Length != 32 || !key.All(char.IsAsciiLetterOrDigit)))
        {
            problems.Add(new("secrets.webserviceKey", "A webservice key has 32 letters and digits: copy it from Advanced Parameters → Webservice in the shop."));
        }

        if (connection.Secret("webhookSecret") is null && connection.Secret("webserviceKey") is null)
        {
            problems.Add(new("secrets.webhookSecret", "Give the module's secret, a webservice key, or both: without either no order can arrive."));
        }

        return problems;
    }

    private static PrestaShopSettings Read(ConnectionSettings connection, List<SettingProblem> problems)
    {
        if (connection.Settings.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new("settings", "The settings must be an object with at least shopUrl."));
        }

        var reader = new SettingsReader(connection.Settings, "settings", problems);
        string? url = reader.Text("shopUrl", isRequired: true);
        Uri? shop = null;
        if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out shop) && shop.Scheme is "https" or "http" && shop.UserInfo.Length == 0 && shop.Query.Length == 0))
        {
            reader.Problem("shopUrl", "is not an absolute http or https address; write it as in the browser, for example https://tienda.example/");
            shop = null;
        }

        string? zone = reader.Text("timeZone");
        var found = zone is null ? null : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone);
        if (zone is not null && found is null)
        {
            reader.Problem("timeZone", $"'{zone}' is no time zone; write it as in International → Localization, for example America/Santiago");
        }

        int shopId = reader.Whole("shopId", 0, 1, 1_000_000);
        var settings = new PrestaShopSettings
        {
            ShopUrl = shop is null ? null : shop.AbsoluteUri.EndsWith('/') ? shop : new Uri(shop.AbsoluteUri + "/"),
            ShopId = shopId == 0 ? null : shopId,
            Zone = found,
            IsXml = reader.Choice("format", "json", "json", "xml") == "xml",
            KeyInQuery = reader.Choice("signIn", "header", "header", "query") == "query",
            PauseMilliseconds = reader.Whole("pauseMilliseconds", 300, 50, 10_000),
            PageSize = reader.Whole("pageSize", 50, 1, 200),
            StateMap = States(reader),
            TellsStatus = reader.Choice("tellStatus", "false", "false", "true") == "true",
            TellStates = Tell(reader),
            MailsBuyer = reader.Choice("mailBuyer", "true", "true", "false") == "true",
            CashModules = (reader.Has("cashOnDeliveryModules") ? reader.List("cashOnDeliveryModules") : DefaultCashModules).ToFrozenSet(StringComparer.OrdinalIgnoreCase),
            PickupCarriers = reader.List("pickupCarriers"),
            DistrictFrom = reader.Choice("districtFrom", "none", AddressFields),
            RegionFrom = reader.Choice("regionFrom", "none", AddressFields),
            WeightUnit = reader.Choice("weightUnit", "kg", "kg", "g", "lb", "oz"),
            HoldsDifferences = reader.Choice("roundingCheck", "hold", "hold", "note") == "hold",
        };
        reader.Close();
        return settings;
    }

    private static FrozenDictionary<string, OrderState> States(SettingsReader reader)
    {
        Dictionary<string, OrderState> states = new(StringComparer.OrdinalIgnoreCase);
        foreach (var (word, text) in reader.Table("stateMap"))
        {
            if (EnumNames<OrderState>.Parse(text) is { } state && Possible.Contains(state))
            {
                states[word.Trim()] = state;
            }
            else
            {
                reader.Problem($"stateMap.{word}", $"'{text}' is not a state; possible are {string.Join(", ", Possible.Select(EnumNames<OrderState>.Of))}");
            }
        }

        return states.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static Dictionary<string, string> Tell(SettingsReader reader)
    {
        Dictionary<string, string> told = new(StringComparer.Ordinal);
        foreach (var (state, word) in reader.Table("tellStates"))
        {
            if (Told.Contains(state, StringComparer.Ordinal))
            {
                told[state] = word.Trim();
            }
            else
            {
                reader.Problem($"tellStates.{state}", $"is not known here; possible are {string.Join(", ", Told)}");
            }
        }

        return told;
    }
}
