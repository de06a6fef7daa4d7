using System.Globalization;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Shopify;

/// <summary>Tries one shop's settings without changing anything there.</summary>
internal sealed class ShopifyTest(ShopifyClient client, bool tellsStatus)
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(2);
    private static readonly string[] FulfilmentScopes = ["write_merchant_managed_fulfillment_orders", "write_assigned_fulfillment_orders", "write_third_party_fulfillment_orders"];

    internal async Task<IReadOnlyList<TestFinding>> RunAsync(CancellationToken cancellationToken)
    {
        List<TestFinding> findings = [];
        var shop = await client.QueryAsync(ShopifyQueries.Shop, [], 5, cancellationToken);
        string? domain = shop.IsOk && ShopifyJson.Get(shop.Root, "shop") is { } known ? ShopifyJson.Text(known, "myshopifyDomain") : null;
        if (domain is null)
        {
            findings.Add(new("Credentials", TestVerdict.Failed, shop.Because.Length > 0 ? shop.Because : "Shopify's answer does not name the shop."));
            return findings;
        }

        findings.Add(string.Equals(domain, client.Settings.Shop, StringComparison.OrdinalIgnoreCase)
            ? new("Credentials", TestVerdict.Passed, $"Shopify accepts the access token for {ShopifyWords.Cut(domain)}.")
            : new("Credentials", TestVerdict.Failed, $"The access token belongs to {ShopifyWords.Cut(domain)}, not to {client.Settings.Shop}."));
        Clock(findings, shop);
        string answered = shop.Raw.Header("X-Shopify-API-Version") ?? client.Settings.ApiVersion;
        findings.Add(answered == client.Settings.ApiVersion ? new("API version", TestVerdict.Passed, $"Shopify answers in version {answered}.")
            : new("API version", TestVerdict.Warning, $"Shopify answers in version {ShopifyWords.Cut(answered)} instead of {client.Settings.ApiVersion}: the version asked for is too old or not out yet."));
        Scopes(findings, shop);
        if (findings.TrueForAll(finding => finding.Verdict != TestVerdict.Failed))
        {
            await PersonalDataAsync(findings, cancellationToken);
        }

        return findings;
    }

    private void Clock(List<TestFinding> findings, ShopifyAnswer answer)
    {
        if (answer.Raw.Date is { } date)
        {
            var difference = date - client.Access.Clock.GetUtcNow();
            findings.Add(difference.Duration() <= Tolerated ? new("Clock", TestVerdict.Passed, "Shopify's clock and this one agree.")
                : new("Clock", TestVerdict.Warning, string.Create(CultureInfo.InvariantCulture, $"This machine's clock differs from Shopify's by {difference.TotalSeconds:F0} s: set it by a time server, or orders may be read late.")));
        }
    }

    private void Scopes(List<TestFinding> findings, ShopifyAnswer shop)
    {
        var scopes = ShopifyJson.Get(shop.Root, "currentAppInstallation") is { } app ? ShopifyJson.Items(app, "accessScopes").Select(scope => ShopifyJson.Text(scope, "handle")).OfType<string>().ToHashSet() : [];
        findings.Add(scopes.Contains("read_orders") || scopes.Contains("write_orders") ? new("Permission to read orders", TestVerdict.Passed, "The app has read_orders.")
            : new("Permission to read orders", TestVerdict.Failed, "The app lacks the scope read_orders: add it in the Dev Dashboard, the app, Versions, Access scopes, and have the shop accept it."));
        findings.Add(scopes.Contains("read_all_orders") ? new("Older orders", TestVerdict.Passed, "The app has read_all_orders.")
            : new("Older orders", TestVerdict.Warning, "Without the scope read_all_orders, which Shopify grants on request, orders older than 60 days cannot be read."));
        if (tellsStatus)
        {
            findings.Add(FulfilmentScopes.Any(scopes.Contains) ? new("Permission to fulfil", TestVerdict.Passed, "The app may fulfil orders.")
                : new("Permission to fulfil", TestVerdict.Failed, $"To tell the shop about shipments the app needs a scope such as {FulfilmentScopes[0]} (and the read_ scope of the same name)."));
        }

        if (!scopes.Contains("read_products") && !scopes.Contains("write_products"))
        {
            findings.Add(new("Weights", TestVerdict.Warning, "Without the scope read_products orders that are read carry neither weights nor product ids; those that come by webhook do."));
        }
    }

    // Without approval for protected customer data the fields are simply empty.
    private async Task PersonalDataAsync(List<TestFinding> findings, CancellationToken cancellationToken)
    {
        var latest = await client.QueryAsync(ShopifyQueries.LatestAddress, new JsonObject(), 10, cancellationToken);
        var addresses = latest.IsOk ? ShopifyJson.Get(latest.Root, "orders") is not null ? ShopifyJson.Items(latest.Root, "orders").Select(order => ShopifyJson.Get(order, "shippingAddress")).OfType<System.Text.Json.JsonElement>().ToList() : null : null;
        if (addresses is null)
        {
            findings.Add(new("Buyers' addresses", TestVerdict.Failed, latest.Because.Length > 0 ? latest.Because : "Shopify's answer is not a list of orders."));
        }
        else if (addresses.Count > 0)
        {
            findings.Add(addresses.Exists(address => !string.IsNullOrEmpty(ShopifyJson.Text(address, "address1"))) ? new("Buyers' addresses", TestVerdict.Passed, "The app may see names and addresses.")
                : new("Buyers' addresses", TestVerdict.Failed, "Shopify keeps the buyers' addresses back: ask for access to protected customer data (level 2) in the Dev Dashboard, the app, API access requests. Custom apps of shops on the Basic plan get none."));
        }
    }
}
