using System.Collections.Frozen;
using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Geography;

namespace Crossdock.Connectors.Vtex;

/// <summary>One store's settings, read once.</summary>
internal sealed record VtexSettings
{
    internal const int ShortestToken = 16;
    internal static readonly IReadOnlyList<string> DefaultCashNames =
        ["Cash on delivery", "Contra entrega", "Pago contra entrega", "Efectivo contra entrega", "Pago en la entrega", "Pagamento na entrega", "Dinheiro na entrega", "Cobro contra entrega"];
    private static readonly string[] SkuFields = ["refId", "id", "sellerSku", "ean"];

    internal required string Account { get; init; }
    internal required Uri BaseUrl { get; init; }
    internal string? AppKey { get; init; }
    internal string? AppToken { get; init; }
    internal string? HookToken { get; init; }
    internal bool ManagesHook { get; init; }
    internal bool ReadsFeed { get; init; }
    internal bool TellsStatus { get; init; }
    internal bool MakesInvoices { get; init; }
    /// <summary>Why unmasked data are read, as the PII architecture asks; null for the classic order.</summary>
    internal string? PersonalDataReason { get; init; }
    internal string SkuField { get; init; } = "refId";
    internal bool IsWeightInKilograms { get; init; }
    internal bool IsInvoicedBeforeSending { get; init; }
    /// <summary>What turns an amount of the document into the currency's main unit.</summary>
    internal decimal AmountUnit { get; init; } = 0.01m;
    internal FrozenSet<string> CashNames { get; init; } = FrozenSet<string>.Empty;
    internal FrozenDictionary<string, string> RegionAliases { get; init; } = FrozenDictionary<string, string>.Empty;
    internal FrozenDictionary<string, string> CommuneAliases { get; init; } = FrozenDictionary<string, string>.Empty;

    internal bool HasKeys => AppKey is not null && AppToken is not null;

    internal static VtexSettings Of(ConnectionSettings connection)
    {
        string account = connection.Text("account")?.Trim().ToLowerInvariant() ?? "";
        return new()
        {
            Account = account,
            BaseUrl = Uri.TryCreate(connection.Text("apiUrl"), UriKind.Absolute, out var given) ? given : AddressOf(account),
            AppKey = connection.Secret("appKey"),
            AppToken = connection.Secret("appToken"),
            HookToken = connection.Secret("hookToken"),
            ManagesHook = Switch(connection, "manageHook", true),
            ReadsFeed = Switch(connection, "feed", true),
            TellsStatus = Switch(connection, "tellStatus", false),
            MakesInvoices = Switch(connection, "makeInvoices", true),
            PersonalDataReason = connection.Text("personalDataReason"),
            SkuField = connection.Text("skuField") is { } field && SkuFields.Contains(field) ? field : "refId",
            IsWeightInKilograms = connection.Text("weightUnit") == "kg",
            IsInvoicedBeforeSending = connection.Text("invoicedMeans") == "new",
            AmountUnit = connection.Text("amountDecimals") switch { "0" => 1m, "1" => 0.1m, "3" => 0.001m, _ => 0.01m },
            CashNames = (List(connection, "cashOnDelivery") ?? DefaultCashNames).Select(PlaceNames.Fold).ToFrozenSet(StringComparer.Ordinal),
            RegionAliases = Table(connection, "regionAliases"),
            CommuneAliases = Table(connection, "communeAliases"),
        };
    }

    internal static IReadOnlyList<SettingProblem> Problems(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        if (connection.Text("account") is { } account && !IsAccount(account.Trim()))
        {
            problems.Add(new("settings.account", $"'{account}' is no account name: it is the first part of the Admin's address, letters, digits and hyphens only."));
        }

        if (connection.Text("apiUrl") is { } api && !(Uri.TryCreate(api, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)))
        {
            problems.Add(new("settings.apiUrl", "This is not an absolute http or https address; leave it out for VTEX's own."));
        }

        Choice(problems, connection, "skuField", SkuFields);
        Choice(problems, connection, "weightUnit", ["g", "kg"]);
        Choice(problems, connection, "invoicedMeans", ["in_shipment", "new"]);
        if (connection.Text("amountDecimals") is { } decimals && decimals is not ("0" or "1" or "2" or "3"))
        {
            problems.Add(new("settings.amountDecimals", $"'{decimals}' is not possible; 0 to 3, and 2 for every account known so far."));
        }

        if (connection.Secrets.TryGetValue("hookToken", out string? token) && !(token.Length >= ShortestToken && IsHeaderText(token)))
        {
            problems.Add(new("secrets.hookToken", "At least 16 characters without blanks are needed, letters, digits and signs of ASCII: it is the only proof that a call comes from VTEX."));
        }

        foreach (string name in (ReadOnlySpan<string>)["appKey", "appToken"])
        {
            if (connection.Secret(name) is { } secret && !IsHeaderText(secret))
            {
                problems.Add(new($"secrets.{name}", "There are blanks or other characters in it that no key of VTEX has: copy it once more."));
            }
        }

        if (connection.Secret("appKey") is null != connection.Secret("appToken") is null)
        {
            problems.Add(new("secrets.appToken", "appKey and appToken belong together: give both."));
        }

        if (connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty("regionAliases", out var aliases) && aliases.ValueKind == JsonValueKind.Object)
        {
            problems.AddRange(aliases.EnumerateObject().Where(entry => entry.Value.ValueKind != JsonValueKind.String || RegionOf(entry.Value.GetString()!) is null)
                .Select(entry => new SettingProblem($"settings.regionAliases.{entry.Name}", $"{entry.Value.GetRawText()} is no ISO 3166-2 code with its country in front, for example CL-RM.")));
        }

        return problems;
    }

    internal static Uri AddressOf(string account) => Uri.TryCreate($"https://{account}.vtexcommercestable.com.br", UriKind.Absolute, out var address) ? address : new Uri("https://vtexcommercestable.com.br");

    /// <summary>A region given as CL-RM; null when there is none.</summary>
    internal static Region? RegionOf(string code) => code.Length > 3 && code[2] == '-' ? Regions.Of(code[..2].ToUpperInvariant()).FirstOrDefault(region => region.Code.Equals(code[3..], StringComparison.OrdinalIgnoreCase)) : null;

    private static bool IsAccount(string text) => text.Length is > 0 and <= 100 && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && text[0] != '-';

    private static bool IsHeaderText(string text) => text.All(c => c is > ' ' and <= '~');

    private static void Choice(List<SettingProblem> problems, ConnectionSettings connection, string name, string[] possible)
    {
        if (connection.Text(name) is { } given && !possible.Contains(given))
        {
            problems.Add(new($"settings.{name}", $"'{given}' is not possible; choose {string.Join(", ", possible)}."));
        }
    }

    private static bool Switch(ConnectionSettings connection, string name, bool usual) => connection.Text(name) switch { "true" => true, "false" => false, _ => usual };

    private static IReadOnlyList<string>? List(ConnectionSettings connection, string name) =>
        connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : null;

    private static FrozenDictionary<string, string> Table(ConnectionSettings connection, string name)
    {
        Dictionary<string, string> table = new(StringComparer.Ordinal);
        if (connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty(name, out var entries) && entries.ValueKind == JsonValueKind.Object)
        {
            foreach (var entry in entries.EnumerateObject())
            {
                if (entry.Value.ValueKind == JsonValueKind.String)
                {
                    table[PlaceNames.Fold(entry.Name)] = entry.Value.GetString()!;
                }
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
