using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.WooCommerce;

/// <summary>Tries one shop's settings without changing anything there.</summary>
internal sealed class WooCommerceTest(WooCommerceClient client, bool wantsToWrite, WooCommerceTelling? telling)
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(2);

    internal async Task<IReadOnlyList<TestFinding>> RunAsync(CancellationToken cancellationToken)
    {
        List<TestFinding> findings = [];
        if (client.Site.Scheme != Uri.UriSchemeHttps)
        {
            findings.Add(new("Address", TestVerdict.Warning, "The shop is called over plain http: orders with names and addresses can be read on the way. Use its https address if it has one."));
        }

        var orders = await client.GetAsync("orders", cancellationToken, ("per_page", "1"), ("_fields", "id,date_modified_gmt"));
        if (!orders.IsOk || orders.Root.ValueKind != JsonValueKind.Array)
        {
            findings.Add(new("Credentials", TestVerdict.Failed, orders.IsOk ? "The shop's answer is not a list of orders." : orders.Because));
            return findings;
        }

        findings.Add(new("Credentials", TestVerdict.Passed, "The shop accepts the key, and it may read orders."));
        if (orders.Raw.Date is { } date)
        {
            var difference = date - client.Access.Clock.GetUtcNow();
            findings.Add(difference.Duration() <= Tolerated
                ? new("Clock", TestVerdict.Passed, "The shop's clock and this one agree.")
                : new("Clock", TestVerdict.Warning, string.Create(CultureInfo.InvariantCulture, $"The shop's clock differs by {difference.TotalSeconds:F0} s. Orders may appear late, and over plain http the shop refuses signatures that are 15 minutes off: set both clocks by a time server.")));
        }

        if (wantsToWrite)
        {
            var hooks = await client.GetAsync("webhooks", cancellationToken, ("per_page", "1"));
            findings.Add(hooks.IsOk ? new("Permission to see webhooks", TestVerdict.Passed, "The key's user may manage webhooks.")
                : new("Permission to see webhooks", TestVerdict.Failed, $"{hooks.Because} Make the key for a user who is administrator or shop manager."));

            // A batch of nothing changes nothing, and is refused all the same where the key may only read.
            var batch = await client.CallAsync(HttpMethod.Post, "orders/batch", [], new JsonObject { ["update"] = new JsonArray() }, cancellationToken);
            findings.Add(batch.IsOk ? new("Permission to write", TestVerdict.Passed, "The key may write.")
                : new("Permission to write", TestVerdict.Failed, $"{batch.Because} Keeping webhooks and telling the shop its orders' status need a key with read and write permission."));
        }

        if (telling?.TrackingNamespace is { } plugin)
        {
            var root = await client.GetAsync("/", cancellationToken, ("_fields", "namespaces"));
            bool isThere = root.IsOk && WooCommercePayloads.Items(WooCommercePayloads.Get(root.Root, "namespaces")).Any(name => name.ValueKind == JsonValueKind.String && name.ValueEquals(plugin));
            findings.Add(isThere ? new("Tracking plug-in", TestVerdict.Passed, $"The shop has {plugin}.")
                : new("Tracking plug-in", TestVerdict.Failed, root.IsOk ? $"The shop has no {plugin}: install the plug-in, or choose another way for tracking numbers." : root.Because));
        }

        return findings;
    }
}
