using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>Documents of real shops, where the folder shared/payloads is to be found above the test.</summary>
public sealed class WooCommerceRealDocumentTests
{
    [Fact]
    public void Published_orders_map_with_their_total_lines_and_metadata()
    {
        foreach (string file in Directory.GetFiles(Folder("woocommerce"), "order-*.json"))
        {
            var outcome = Woo.Map(File.ReadAllBytes(file));
            if (file.EndsWith("order-85-draft-null-dates-gbp.json", StringComparison.Ordinal))
            {
                Assert.IsType<Ignored>(outcome);
                continue;
            }

            Assert.True(outcome is MappedOrder, $"{Path.GetFileName(file)}: {outcome}");
            Faithful(File.ReadAllBytes(file), ((MappedOrder)outcome).Order);
        }
    }

    [Fact]
    public void Recorded_deliveries_have_a_right_signature_and_map()
    {
        var endpoint = Woo.Connector.Open(Woo.Store(secret: "whsec-local"));
        foreach (string file in Directory.GetFiles(Folder("woocommerce-live"), "*.json"))
        {
            byte[] body = File.ReadAllBytes(file);
            var request = new SampleRequest(body, Headers(Path.ChangeExtension(file, ".headers"))).At(DateTimeOffset.UnixEpoch);
            Assert.True(endpoint.CheckSignature(request).IsValid, file);
            var envelope = endpoint.ReadEnvelope(request);
            var outcome = Woo.Map(body, envelope.Topic);
            Assert.True(envelope.Topic switch
            {
                "product.updated" => outcome is Ignored,
                "order.deleted" => outcome is MappedChange,
                _ => outcome is MappedOrder,
            }, $"{Path.GetFileName(file)}: {outcome}");
            if (outcome is MappedOrder mapped)
            {
                Assert.Equal(mapped.Order.ExternalId, envelope.OrderKey);
                Assert.Equal(mapped.Order.UpdatedAt, envelope.OccurredAt);
                Faithful(body, mapped.Order);
            }
        }
    }

    [Fact]
    public void Recorded_ping_is_a_probe()
    {
        string file = Path.Combine(Folder("woocommerce-live"), "wc11-ping-on-webhook-created.txt");
        var endpoint = Woo.Connector.Open(Woo.Store());
        var headers = Headers(Path.ChangeExtension(file, ".headers"));
        Assert.True(endpoint.Accepts(headers["Content-Type"]));
        Assert.Equal(200, endpoint.Probe(new SampleRequest(File.ReadAllBytes(file), headers).At(DateTimeOffset.UnixEpoch))?.Status);
    }

    private static void Faithful(byte[] body, Order order)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        Assert.Equal(root.GetProperty("total").GetString(), order.Totals.Total.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(root.GetProperty("line_items").GetArrayLength(), order.Lines.Count);
        Assert.Equal(root.GetProperty("shipping_lines").GetArrayLength(), order.Shipping.Count);
        Assert.Equal(root.GetProperty("coupon_lines").GetArrayLength() + root.GetProperty("fee_lines").GetArrayLength(), order.Discounts.Count + order.Fees.Count);
        Assert.All(root.TryGetProperty("refunds", out var refunds) ? refunds.EnumerateArray() : [], refund =>
            Assert.Contains(order.Refunds, mapped => mapped.Id == refund.GetProperty("id").GetRawText() && mapped.Amount.Amount >= 0));
        Assert.All(root.TryGetProperty("meta_data", out var metadata) ? metadata.EnumerateArray() : [], entry =>
            Assert.True(entry.GetProperty("value").ValueKind is JsonValueKind.Null || entry.GetProperty("value").ToString().Length == 0 || order.Attributes.ContainsKey(entry.GetProperty("key").GetString()!)));
        Assert.Equal(OrderJson.Write(order), OrderJson.Write(OrderJson.Read(OrderJson.Write(order))));
    }

    private static SampleHeaders Headers(string file) => new(File.ReadAllLines(file, Encoding.UTF8).Skip(1).Where(line => line.Contains(": ", StringComparison.Ordinal))
        .Select(line => (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..])));

    private static string Folder(string name)
    {
        string? folder = Woo.Up($"shared/payloads/{name}");
        Assert.SkipWhen(folder is null, $"no folder shared/payloads/{name} above the test");
        return folder!;
    }
}
