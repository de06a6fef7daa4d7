using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Shopify;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Shopify;

internal static class ShopifySamples
{
    internal const string Secret = "hush-andina";

    internal static readonly ShopifyConnector Connector = new();

    internal static ConnectionSettings Settings(string settings = """{"shop":"andina-outdoor.myshopify.com"}""", params (string Name, string Value)[] secrets)
    {
        using var document = JsonDocument.Parse(settings);
        var table = (secrets.Length == 0 ? [("webhookSecret", Secret)] : secrets).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        return new ConnectionSettings("andina", "Andina", "shopify", document.RootElement.Clone(), table);
    }

    internal static byte[] Payload(string name, [CallerFilePath] string caller = "") => File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(caller)!, "Payloads", name));

    internal static MappingOutcome Map(byte[] payload, string topic = "orders/updated", ConnectionSettings? settings = null) =>
        Connector.MappingFor(settings ?? Settings()).Map(new ReceivedEvent(payload, topic, null, null, new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)));

    internal static MappingOutcome Map(string json, string topic = "orders/updated", ConnectionSettings? settings = null) => Map(Encoding.UTF8.GetBytes(json), topic, settings);

    internal static SampleRequest Sign(byte[] body, string secret = Secret, string topic = "orders/create", string? shop = "andina-outdoor.myshopify.com", string? webhookId = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043")
    {
        var headers = new SampleHeaders(
            ("Content-Type", "application/json"), ("X-Shopify-Topic", topic), ("X-Shopify-Hmac-SHA256", Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body))),
            ("X-Shopify-Triggered-At", "2026-10-14T14:42:12.123456789Z"), ("X-Shopify-API-Version", "2026-10"));
        headers = shop is null ? headers : headers.With("X-Shopify-Shop-Domain", shop);
        return new SampleRequest(body, webhookId is null ? headers : headers.With("X-Shopify-Webhook-Id", webhookId));
    }
}
