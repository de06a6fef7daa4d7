using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Magento;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>What these tests share: a store, its three senders' signatures, our own documents.</summary>
internal static class Mage
{
    internal const string Secret = "q8Zt3VvNf1Lk7Xb5Rw2Ys9Hc4Jd6Mg0P";
    internal const string ClientId = "3f5b8c1d2e4a4b6c8d0e1f2a3b4c5d6e";

    internal static readonly DateTimeOffset At = new(2026, 11, 2, 15, 5, 0, TimeSpan.Zero);

    internal static MagentoConnector Connector { get; } = new();

    internal static RSA AdobeKey { get; } = RSA.Create(2048);

    internal static string Folder { get; } = WooCommerce.Woo.Up("tests/Crossdock.Connectors.Tests/Magento/Payloads") ?? throw new DirectoryNotFoundException("the payloads of this test");

    internal static string Root { get; } = Path.GetFullPath(Path.Combine(Folder, "..", "..", "..", ".."));

    internal static ConnectionSettings Store(string settings = "{}", params (string Name, string Value)[] secrets)
    {
        var table = new Dictionary<string, string> { ["webhookSecret"] = Secret };
        foreach (var (name, value) in secrets)
        {
            table[name] = value;
        }

        return new("peru", "Perú", "magento", JsonElement.Parse(settings), table);
    }

    internal static ConnectionSettings Reading(string settings = """{"baseUrl":"https://tienda.example/"}""") => Store(settings, ("accessToken", "x5nv1f0o2k9w8t7s6r4q3p1m"));

    internal static ConnectionSettings WithAdobe(string clientId = ClientId) => Store(new JsonObject { ["adobeClientId"] = clientId, ["adobePublicKeys"] = new JsonArray(AdobeKey.ExportSubjectPublicKeyInfoPem()) }.ToJsonString());

    internal static byte[] Payload(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    internal static SampleRequest FromModule(byte[] body, string secret = Secret, DateTimeOffset? at = null)
    {
        string stamp = (at ?? At).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(stamp + "."), .. body];
        return new(body, new SampleHeaders(
            ("Content-Type", "application/json"), ("X-Hub-Event", "order.saved"), ("X-Hub-Delivery", "0b1f4a52-5a0e-4c1e-9a55-1d7d3d1b2c3d"), ("X-Hub-Timestamp", stamp),
            ("X-Hub-Signature", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)))));
    }

    internal static SampleRequest FromAsyncEvents(byte[] body, string name = "sales.order.created", string secret = Secret) => new(body, new SampleHeaders(
        ("Content-Type", "application/json"), ("x-magento-signature", Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)))), name.Length == 0 ? "" : $"?event={name}");

    internal static SampleRequest FromAdobe(byte[] body, RSA? key = null, string header = "x-adobe-digital-signature-1") => new(body, new SampleHeaders(
        ("Content-Type", "application/json"), (header, Convert.ToBase64String((key ?? AdobeKey).SignData(body, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)))));

    internal static byte[] Wrapped(byte[] order) => [.. "{\"data\":"u8, .. order, .. "}"u8];

    internal static MappingOutcome Map(byte[] body, ConnectionSettings? store = null, string topic = "orders/read") => Connector.MappingFor(store ?? Store()).Map(new(body, topic, null, null, At));

    internal static Order Order(byte[] body, ConnectionSettings? store = null) => Map(body, store) is var outcome && outcome is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException(outcome.ToString());

    /// <summary>Our order with some fields replaced; null takes one away. A path goes inside: <c>payment/method</c>, <c>items/0/qty_shipped</c>.</summary>
    internal static byte[] With(string json)
    {
        var root = JsonNode.Parse(Payload("order-cash-configurable"))!;
        foreach (var (path, value) in JsonNode.Parse(json)!.AsObject())
        {
            string[] steps = path.Split('/');
            var parent = steps[..^1].Aggregate(root, (node, step) => node is JsonArray list ? list[int.Parse(step, CultureInfo.InvariantCulture)]! : node[step]!);
            if (value is null)
            {
                parent.AsObject().Remove(steps[^1]);
            }
            else
            {
                parent[steps[^1]] = value.DeepClone();
            }
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
