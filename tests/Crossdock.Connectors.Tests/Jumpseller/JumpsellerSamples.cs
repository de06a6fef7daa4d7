using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Jumpseller;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Jumpseller;

/// <summary>What these tests share: a store, its signature, our own documents.</summary>
internal static class JumpsellerSamples
{
    internal const string HooksToken = "0123456789abcdef0123456789abcdef";
    internal const string Settings = """{"storeCode":"tallerdelsur"}""";
    internal static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    internal static JumpsellerConnector Connector { get; } = new();

    internal static IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string>
    {
        ["hooksToken"] = HooksToken, ["login"] = "emulated-login-key", ["authToken"] = "emulated-auth-token-0123456789ab",
    };

    internal static ConnectionSettings Store(string settings = Settings, string token = HooksToken, bool hasKey = false) =>
        new("taller", "Taller", "jumpseller", JsonElement.Parse(settings), hasKey ? new Dictionary<string, string>(Secrets) : new Dictionary<string, string> { ["hooksToken"] = token });

    internal static string Folder { get; } = Path.Combine(WooCommerce.Woo.Folder, "..", "..", "Jumpseller", "Payloads");

    internal static byte[] Payload(string name) => File.ReadAllBytes(Path.Combine(Folder, name + ".json"));

    internal static string Signature(byte[] body, string token = HooksToken) => Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), body));

    internal static SampleRequest Hook(byte[] body, string topic = "order_paid", string token = HooksToken, string store = "tallerdelsur") => new(body, new SampleHeaders(
        ("Content-Type", "application/json"), ("Jumpseller-Store-Code", store), ("Jumpseller-Event", topic), ("Jumpseller-Triggered-At", "2026-11-02 15:20:44.102 UTC"), ("Jumpseller-Hmac-Sha256", Signature(body, token))));

    internal static MappingOutcome Map(byte[] body, string topic = "order_paid", ConnectionSettings? store = null, DateTimeOffset? at = null) =>
        Connector.MappingFor(store ?? Store()).Map(new(body, topic, null, at, Now));

    internal static Order Order(byte[] body, ConnectionSettings? store = null) => Map(body, "orders/read", store) is MappedOrder mapped ? mapped.Order : throw new InvalidOperationException(Map(body, "orders/read", store).ToString());

    /// <summary>The Chilean order with some fields replaced.</summary>
    internal static byte[] With(string json) => With(order =>
    {
        foreach (var (name, value) in JsonNode.Parse(json)!.AsObject())
        {
            order[name] = value?.DeepClone();
        }
    });

    internal static byte[] With(Action<JsonObject> change)
    {
        var root = JsonNode.Parse(Payload("paid-chile"))!.AsObject();
        change(root["order"]!.AsObject());
        return JsonSerializer.SerializeToUtf8Bytes(root);
    }
}
