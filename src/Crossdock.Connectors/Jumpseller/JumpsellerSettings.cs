using System.Collections.Frozen;
using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Geography;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>One store's settings, read once.</summary>
internal sealed record JumpsellerSettings
{
    internal static readonly IReadOnlyList<string> DefaultCashNames =
        ["Cash on delivery", "Contra entrega", "Pago contra entrega", "Pago al recibir", "Efectivo contra entrega", "Pagamento na entrega", "Pago en efectivo al recibir"];
    internal static readonly IReadOnlyList<string> DefaultTaxIdLabels = ["RUT", "NIT", "CPF", "DNI", "RUC", "RFC", "NIF"];

    internal required string StoreCode { get; init; }
    internal required Uri ApiUrl { get; init; }
    internal required Uri AccountsUrl { get; init; }
    internal string? HooksToken { get; init; }
    internal string? Login { get; init; }
    internal string? AuthToken { get; init; }
    internal string? ClientId { get; init; }
    internal string? ClientSecret { get; init; }
    internal string? RefreshToken { get; init; }
    internal bool ManagesHooks { get; init; }
    internal bool TellsStatus { get; init; }
    internal string? LocationId { get; init; }
    internal bool SendsEmail { get; init; }
    internal decimal GramsPerUnit { get; init; } = 1000m;
    internal FrozenSet<string> CashNames { get; init; } = FrozenSet<string>.Empty;
    internal FrozenSet<string> TaxIdLabels { get; init; } = FrozenSet<string>.Empty;

    internal bool IsBasic => Login is not null && AuthToken is not null;

    internal bool IsOAuth => !IsBasic && ClientId is not null && ClientSecret is not null && RefreshToken is not null;

    internal bool HasKeys => IsBasic || IsOAuth;

    internal static JumpsellerSettings Of(ConnectionSettings connection) => new()
    {
        StoreCode = connection.Text("storeCode")?.Trim() ?? "",
        ApiUrl = Uri.TryCreate(connection.Text("apiUrl"), UriKind.Absolute, out var api) ? api : new Uri("https://api.jumpseller.com/v1"),
        AccountsUrl = Uri.TryCreate(connection.Text("accountsUrl"), UriKind.Absolute, out var accounts) ? accounts : new Uri("https://accounts.jumpseller.com"),
        HooksToken = connection.Secret("hooksToken"),
        Login = connection.Secret("login"),
        AuthToken = connection.Secret("authToken"),
        ClientId = connection.Text("clientId"),
        ClientSecret = connection.Secret("clientSecret"),
        RefreshToken = connection.Secret("refreshToken"),
        ManagesHooks = connection.Text("manageHooks") != "false",
        TellsStatus = connection.Text("tellStatus") == "true",
        LocationId = connection.Text("locationId"),
        SendsEmail = connection.Text("sendEmail") == "true",
        GramsPerUnit = connection.Text("weightUnit") switch { "g" => 1m, "lb" => 453.59237m, "oz" => 28.349523125m, _ => 1000m },
        CashNames = (List(connection, "cashOnDelivery") ?? DefaultCashNames).Select(PlaceNames.Fold).ToFrozenSet(StringComparer.Ordinal),
        TaxIdLabels = (List(connection, "taxIdLabels") ?? DefaultTaxIdLabels).Select(PlaceNames.Fold).ToFrozenSet(StringComparer.Ordinal),
    };

    internal static IReadOnlyList<SettingProblem> Problems(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        if (connection.Text("storeCode") is { } code && !code.Trim().All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            problems.Add(new("settings.storeCode", $"'{code}' is no store code: it is the first part of the shop's address at jumpseller.com, letters, digits and hyphens only."));
        }

        foreach (string name in (ReadOnlySpan<string>)["apiUrl", "accountsUrl"])
        {
            if (connection.Text(name) is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp)))
            {
                problems.Add(new($"settings.{name}", "This is not an absolute http or https address; leave it out for Jumpseller's own."));
            }
        }

        if (connection.Text("weightUnit") is { } unit && unit is not ("kg" or "g" or "lb" or "oz"))
        {
            problems.Add(new("settings.weightUnit", $"'{unit}' is not possible; choose kg, g, lb or oz."));
        }

        if (connection.Text("locationId") is { } location && !location.All(char.IsAsciiDigit))
        {
            problems.Add(new("settings.locationId", $"'{location}' is no number of a stock location."));
        }

        if (connection.Secrets.TryGetValue("hooksToken", out string? token) && token.Trim().Length < 8)
        {
            problems.Add(new("secrets.hooksToken", "The hooks token is missing or too short, so anybody could sign: copy it from Admin → Config → Notifications → Webhooks."));
        }

        if (connection.Secret("login") is null != connection.Secret("authToken") is null)
        {
            problems.Add(new("secrets.authToken", "login and authToken belong together: give both or neither."));
        }

        bool[] parts = [connection.Text("clientId") is not null, connection.Secret("clientSecret") is not null, connection.Secret("refreshToken") is not null];
        if (parts.Any(part => part) && !parts.All(part => part))
        {
            problems.Add(new("secrets.refreshToken", "clientId, clientSecret and refreshToken belong together: an app needs all three."));
        }

        return problems;
    }

    private static IReadOnlyList<string>? List(ConnectionSettings connection, string name) =>
        connection.Settings.ValueKind == JsonValueKind.Object && connection.Settings.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : null;
}
