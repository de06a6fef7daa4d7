using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.WooCommerce;

/// <summary>What these tests share: a store, its signature, our own documents.</summary>
internal static class Woo
{
    internal const string Secret = "Kx7Qm2Vb9Lt4Rw8Zc3Nf6Hj1Ys5Pd0Ga";

    internal static WooCommerceConnector Connector { get; } = new();

    internal static ConnectionSettings Store(string settings = """{"siteUrl":"https://tienda.example/"}""", string secret = Secret)
    {
        using var document = JsonDocument.Parse(settings);
        return new("tienda", "Tienda", "woocommerce", document.RootElement.Clone(), new Dictionary<string, string> { ["webhookSecret"] = secret });
    }

    internal static byte[] Payload(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    internal static string Folder { get; } = Up("tests/Crossdock.Connectors.Tests/WooCommerce/Payloads") ?? throw new DirectoryNotFoundException("the payloads of this test");

    internal static string? Up(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, path);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    internal static string Signature(byte[] body, string secret = Secret) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    internal static SampleRequest Signed(byte[] body, string topic = "order.updated", string delivery = "3f1f0a9d2c4b5e6f", string secret = Secret) => new(body, new SampleHeaders(
        ("Content-Type", "application/json"), ("X-WC-Webhook-Topic", topic), ("X-WC-Webhook-Signature", Signature(body, secret)), ("X-WC-Webhook-Delivery-ID", delivery)));

    internal static MappingOutcome Map(byte[] body, string topic = "order.updated", ConnectionSettings? store = null) =>
        Connector.MappingFor(store ?? Store()).Map(new(body, topic, null, null, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)));

    internal static Order Order(byte[] body, ConnectionSettings? store = null) =>
        Map(body, "order.updated", store) is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException(Map(body, "order.updated", store).ToString());

    /// <summary>Our document with some fields replaced.</summary>
    internal static byte[] With(string json)
    {
        var root = JsonNode.Parse(Payload("cash-on-delivery"))!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
        {
            root[name] = value?.DeepClone();
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
