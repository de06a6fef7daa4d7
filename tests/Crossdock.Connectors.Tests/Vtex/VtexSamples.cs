using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Vtex;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>What these tests share: an account, its hook's token, our own documents.</summary>
internal static class VtexSamples
{
    internal const string Token = "0c9e5a7b1d3f4e6a8b2c";
    internal const string Settings = """{"account":"andesoutdoor"}""";

    internal static VtexConnector Connector { get; } = new();

    internal static IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string>
    {
        ["appKey"] = "vtexappkey-andesoutdoor-EMULATED", ["appToken"] = "emulated-app-token-0123456789", ["hookToken"] = Token,
    };

    internal static ConnectionSettings Store(string settings = Settings, string token = Token) =>
        new("andes", "Andes", "vtex", JsonElement.Parse(settings), new Dictionary<string, string>(Secrets) { ["hookToken"] = token });

    internal static string Folder { get; } = Path.Combine(WooCommerce.Woo.Folder, "..", "..", "Vtex", "Payloads");

    internal static byte[] Payload(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    internal static SampleRequest Hook(byte[] body, string token = Token) => new(body, new SampleHeaders(("Content-Type", "application/json; charset=utf-8"), ("X-Hub-Token", token)));

    internal static MappingOutcome Map(byte[] body, string topic = "orders/read", ConnectionSettings? store = null) =>
        Connector.MappingFor(store ?? Store()).Map(new(body, topic, null, null, new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero)));

    internal static Order Order(byte[] body, ConnectionSettings? store = null) =>
        Map(body, "orders/read", store) is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException(Map(body, "orders/read", store).ToString());

    /// <summary>The Chilean order with some fields replaced.</summary>
    internal static byte[] With(string json) => With(order =>
    {
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
        {
            order[name] = value?.DeepClone();
        }
    });

    internal static byte[] With(Action<JsonObject> change, string document = "chile-two-warehouses")
    {
        var root = JsonNode.Parse(Payload(document))!.AsObject();
        change(root);
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
