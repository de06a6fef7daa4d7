using System.Collections.Frozen;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Magento;

/// <summary>How the REST API is signed in to.</summary>
internal enum MagentoSignIn
{
    /// <summary>Not at all: no key is given.</summary>
    None,
    /// <summary>The integration's access token as it is.</summary>
    Bearer,
    /// <summary>The integration's four values, each call signed.</summary>
    OAuth,
    /// <summary>An administrator's name and password, for a token of four hours.</summary>
    Administrator,
}

/// <summary>One store's settings, read once.</summary>
internal sealed record MagentoSettings
{
    internal static readonly IReadOnlyList<string> DefaultCashMethods = ["cashondelivery", "phoenix_cashondelivery", "msp_cashondelivery"];

    /// <summary>What a line of a street can be.</summary>
    internal static readonly string[] StreetParts = ["street", "houseNumber", "extra", "district"];

    // The others are the hub's own decisions, never a shop's.
    private static readonly OrderState[] Possible =
        [OrderState.New, OrderState.AwaitingPayment, OrderState.Processing, OrderState.InShipment, OrderState.Delivered, OrderState.Closed, OrderState.Cancelled];

    internal string BaseUrl { get; init; } = "";
    internal string StoreCode { get; init; } = "all";
    internal FrozenSet<string> StoreIds { get; init; } = [];
    internal required FrozenDictionary<string, OrderState> StatusMap { get; init; }
    internal OrderState CompleteMeans { get; init; } = OrderState.InShipment;
    internal required FrozenSet<string> ShipsWhenNew { get; init; }
    internal required FrozenSet<string> CashMethods { get; init; }
    internal decimal GramsPerWeight { get; init; } = 1000m;
    internal IReadOnlyList<string> StreetLines { get; init; } = [];
    internal bool HoldsOddSums { get; init; } = true;
    internal int PageSize { get; init; } = 100;
    internal bool TellsStatus { get; init; }
    internal bool NotifiesBuyer { get; init; } = true;
    internal string? SourceCode { get; init; }
    internal string OnCancelled { get; init; } = "comment";
    internal string? DeliveredStatus { get; init; }
    internal bool ManagesAsyncEvents { get; init; }
    internal string? AdobeClientId { get; init; }
    internal IReadOnlyList<string> AdobePublicKeys { get; init; } = [];
    internal MagentoSignIn SignIn { get; init; }
    internal string? AdminUser { get; init; }

    internal static MagentoSettings Of(ConnectionSettings connection) => Read(connection, []);

    internal static IReadOnlyList<SettingProblem> Problems(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        var settings = Read(connection, problems);
        if (settings.BaseUrl.Length > 0 && !(Uri.TryCreate(settings.BaseUrl, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) && address.Query.Length == 0 && address.UserInfo.Length == 0))
        {
            problems.Add(new("settings.baseUrl", "This is not an absolute http or https address; write it as in the browser, for example https://tienda.example/."));
        }

        if (settings.BaseUrl.Length == 0 && settings.SignIn != MagentoSignIn.None)
        {
            problems.Add(new("settings.baseUrl", "A key for reading is given, but not the shop's address, for example https://tienda.example/."));
        }

        if (!settings.StoreCode.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            problems.Add(new("settings.storeCode", "A store view's code has only letters, digits and underscores: Stores → All Stores, column Store View, field Code. Leave it out for all."));
        }

        problems.AddRange(settings.StoreIds.Where(id => !id.All(char.IsAsciiDigit)).Select(id => new SettingProblem("settings.storeIds", $"'{id}' is not the number of a store view: it stands in the address of its page under Stores → All Stores.")));
        problems.AddRange(settings.StreetLines.Where(part => !StreetParts.Contains(part)).Select(part => new SettingProblem("settings.streetLines", $"'{part}' is not possible; possible are {string.Join(", ", StreetParts)}.")));
        CheckSecrets(connection, settings, problems);
        foreach (string pem in settings.AdobePublicKeys)
        {
            if (MagentoAdobeEvents.Import(pem) is null)
            {
                problems.Add(new("settings.adobePublicKeys", "One of them is not an RSA public key: give the whole text from -----BEGIN PUBLIC KEY----- to -----END PUBLIC KEY-----."));
            }
        }

        if (settings.AdobePublicKeys.Count > 0 && settings.AdobeClientId is null)
        {
            problems.Add(new("settings.adobeClientId", "Adobe signs every customer's events with the same keys: give the client id of your own credential too, or anybody's events would count."));
        }

        return problems;
    }

    private static void CheckSecrets(ConnectionSettings connection, MagentoSettings settings, List<SettingProblem> problems)
    {
        if (connection.Secrets.TryGetValue("webhookSecret", out string? secret) && secret.Length < 8)
        {
            problems.Add(new("secrets.webhookSecret", "It is shorter than eight characters, so that anybody could find it out: make up at least 32 and enter them here and in the shop."));
        }

        string[] signing = ["consumerKey", "consumerSecret", "accessTokenSecret"];
        int given = signing.Count(name => connection.Secret(name) is not null);
        if (given is > 0 and < 3 || (given == 3 && connection.Secret("accessToken") is null))
        {
            string missing = signing.Append("accessToken").First(name => connection.Secret(name) is null);
            problems.Add(new($"secrets.{missing}", "For signed calls all four values of the integration belong together: consumer key, consumer secret, access token, access token secret. For the token alone leave the other three out."));
        }

        if (connection.Text("adminUser") is null != connection.Secret("adminPassword") is null)
        {
            problems.Add(new("secrets.adminPassword", "The administrator's name and password belong together: give both or neither."));
        }

        // The same place whatever is missing: one of these lets orders in.
        if (connection.Secrets.Count > 0 && connection.Secret("webhookSecret") is null && settings.SignIn == MagentoSignIn.None && settings.AdobePublicKeys.Count == 0)
        {
            problems.Add(new("secrets.webhookSecret", "Neither a webhook secret nor a key for reading is given, so no order could come in: give one of them."));
        }
    }

    private static MagentoSettings Read(ConnectionSettings connection, List<SettingProblem> problems)
    {
        var reader = new SettingsReader(connection.Settings, "settings", problems);
        string? adminUser = reader.Text("adminUser");
        return new MagentoSettings
        {
            BaseUrl = (reader.Text("baseUrl") ?? "").TrimEnd('/'),
            StoreCode = reader.Text("storeCode") ?? "all",
            StoreIds = reader.List("storeIds").ToFrozenSet(StringComparer.Ordinal),
            StatusMap = Statuses(reader),
            CompleteMeans = reader.Choice("completeMeans", "in_shipment", "in_shipment", "delivered") == "delivered" ? OrderState.Delivered : OrderState.InShipment,
            ShipsWhenNew = (reader.Has("shipsWhenNew") ? reader.List("shipsWhenNew") : DefaultCashMethods).ToFrozenSet(StringComparer.Ordinal),
            CashMethods = (reader.Has("cashMethods") ? reader.List("cashMethods") : DefaultCashMethods).ToFrozenSet(StringComparer.Ordinal),
            GramsPerWeight = reader.Choice("weightUnit", "kgs", "kgs", "lbs") == "lbs" ? 453.59237m : 1000m,
            StreetLines = reader.List("streetLines"),
            HoldsOddSums = reader.Choice("oddSums", "hold", "hold", "accept") == "hold",
            PageSize = reader.Whole("pageSize", 100, 1, 300),
            TellsStatus = reader.Choice("tellStatus", "false", "true", "false") == "true",
            NotifiesBuyer = reader.Choice("notifyBuyer", "true", "true", "false") == "true",
            SourceCode = reader.Text("sourceCode"),
            OnCancelled = reader.Choice("onCancelled", "comment", "comment", "hold", "cancel"),
            DeliveredStatus = reader.Text("deliveredStatus"),
            ManagesAsyncEvents = reader.Choice("manageAsyncEvents", "false", "true", "false") == "true",
            AdobeClientId = reader.Text("adobeClientId"),
            AdobePublicKeys = reader.List("adobePublicKeys"),
            AdminUser = adminUser,
            SignIn = connection.Secret("accessToken") is not null
                ? connection.Secret("consumerSecret") is not null ? MagentoSignIn.OAuth : MagentoSignIn.Bearer
                : adminUser is not null && connection.Secret("adminPassword") is not null ? MagentoSignIn.Administrator : MagentoSignIn.None,
        };
    }

    private static FrozenDictionary<string, OrderState> Statuses(SettingsReader reader)
    {
        Dictionary<string, OrderState> statuses = new(StringComparer.Ordinal);
        foreach (var (name, value) in reader.Table("statusMap"))
        {
            if (EnumNames<OrderState>.Parse(value) is { } state && Possible.Contains(state))
            {
                statuses[name] = state;
            }
            else
            {
                reader.Problem($"statusMap.{name}", $"'{value}' is not a state; possible are {string.Join(", ", Possible.Select(EnumNames<OrderState>.Of))}.");
            }
        }

        return statuses.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
