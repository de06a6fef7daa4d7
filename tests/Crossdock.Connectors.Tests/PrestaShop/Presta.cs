using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>What these tests share: a shop, its signature, our own documents.</summary>
internal static class Presta
{
    internal const string Secret = "c2VjcmV0LW9mLXRoZS1tb2R1bGUtMDEyMzQ1Njc4OTA=";
    internal const string Key = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    internal const string EventId = "4d0a6f0c-6a3e-4c1b-9a52-1f7be0d2c3a4";

    internal static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    internal static PrestaShopConnector Connector { get; } = new();

    internal static ConnectionSettings Store(string settings = """{"shopUrl":"https://tienda.example/"}""", string secret = Secret) =>
        new("tienda", "Tienda", "prestashop", JsonElement.Parse(settings), new Dictionary<string, string> { ["webhookSecret"] = secret, ["webserviceKey"] = Key });

    internal static byte[] Payload(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    internal static string Folder { get; } = WooCommerce.Woo.Up("tests/Crossdock.Connectors.Tests/PrestaShop/Payloads") ?? throw new DirectoryNotFoundException("the payloads of this test");

    internal static SampleRequest Signed(byte[] body, string topic = "order.state_changed", string id = EventId, string secret = Secret, DateTimeOffset? at = null)
    {
        string timestamp = (at ?? Noon).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        return new(body, new SampleHeaders(
            ("Content-Type", "application/json; charset=utf-8"), ("Crossdock-Event-Id", id), ("Crossdock-Topic", topic), ("Crossdock-Timestamp", timestamp), ("Crossdock-Attempt", "1"),
            ("Crossdock-Signature", PrestaShopWebhooks.Signature(secret, timestamp, id, body))));
    }

    internal static MappingOutcome Map(byte[] body, ConnectionSettings? store = null, string topic = "order.state_changed") =>
        Connector.MappingFor(store ?? Store()).Map(new(body, topic, null, null, Noon));

    internal static Order Order(byte[] body, ConnectionSettings? store = null) =>
        Map(body, store) is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException(Map(body, store).ToString());

    /// <summary>Our document with some places set, each by its dotted path (<c>order.current_state</c>).</summary>
    internal static byte[] With(string name, params ReadOnlySpan<(string Path, string Json)> changes)
    {
        var root = JsonNode.Parse(Payload(name))!.AsObject();
        foreach (var (path, json) in changes)
        {
            string[] steps = path.Split('.');
            var parent = root;
            foreach (string step in steps[..^1])
            {
                parent = parent[step]!.AsObject();
            }

            parent[steps[^1]] = JsonNode.Parse(json);
        }

        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
