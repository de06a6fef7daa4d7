using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Custom;

public sealed class StandardWebhookConformanceTests : WebhookSourceConformance
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    protected override IConnector Connector { get; } = new CustomConnector();
    protected override ConnectionSettings Valid => Settings("custom", "{}", ("webhookSecret", Secret));
    protected override ConnectionSettings OtherStore => Settings("custom", "{}", ("webhookSecret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
    protected override string? SignatureHeader => "webhook-signature";
    protected override byte[] SampleBody => CustomSamples.Enveloped;

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Settings("custom", "{}"), "secrets.webhookSecret"),
        (Settings("custom", "{}", ("webhookSecret", "whsec_ñ")), "secrets.webhookSecret"),
        (Settings("custom", """{"signature":{"kind":"magic"}}""", ("webhookSecret", Secret)), "settings.signature.kind"),
        (Settings("custom", """{"signature":{"kind":"hmac"}}""", ("webhookSecret", Secret)), "settings.signature.header"),
        (Settings("custom", """{"signature":{"kind":"hmac","header":"X","signed":"{timestamp}"}}""", ("webhookSecret", Secret)), "settings.signature.signed"),
        (Settings("custom", """{"envelope":{"order":"/data"}}""", ("webhookSecret", Secret)), "settings.fields"),
        (Settings("custom", """{"fields":{"externalId":"id"}}""", ("webhookSecret", Secret)), "settings.fields.externalId"),
        (Settings("custom", """{"fields":{"externalId":"/id"}}""", ("webhookSecret", Secret)), "settings.fields.totals.total"),
        (Settings("custom", """{"fields":{"shipTo.town":"/town"}}""", ("webhookSecret", Secret)), "settings.fields.shipTo.town"),
        (Settings("custom", """{"fields":{"state":{"path":"/s","values":{"a":"approved"}}}}""", ("webhookSecret", Secret)), "settings.fields.state.values"),
        (Settings("custom", """{"fields":{"placedAt":{"path":"/s","zone":"Mars/Base"}}}""", ("webhookSecret", Secret)), "settings.fields.placedAt.zone"),
        (Settings("custom", """{"fields":{"lines":"/items"}}""", ("webhookSecret", Secret)), "settings.fields.lines"),
        (Settings("custom", """{"fields":{"lines":{"path":"/items","each":{"colour":"/c"}}}}""", ("webhookSecret", Secret)), "settings.fields.lines.each.colour"),
        (Settings("custom", """{"nonsense":1}""", ("webhookSecret", Secret)), "settings.nonsense"),
    ];

    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body)
    {
        string timestamp = ReceivedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new SampleRequest(body, new SampleHeaders([
            ("Webhook-Id", "msg_1"), ("Webhook-Timestamp", timestamp), ("Webhook-Signature", StandardWebhooks.Sign(StandardWebhooks.KeyOf(connection.Secret("webhookSecret")!)!, "msg_1", timestamp, body))]));
    }
}

public sealed class DeclaredWebhookConformanceTests : WebhookSourceConformance
{
    protected override IConnector Connector { get; } = new CustomConnector();
    protected override ConnectionSettings Valid => Settings("custom", CustomSamples.DeclaredSettings, ("webhookSecret", "hush-hush"));
    protected override ConnectionSettings OtherStore => Settings("custom", CustomSamples.DeclaredSettings, ("webhookSecret", "other"));
    protected override string? SignatureHeader => "X-Shop-Signature";
    protected override byte[] SampleBody => CustomSamples.Declared;

    protected override SampleRequest Sign(ConnectionSettings connection, byte[] body)
    {
        string timestamp = ReceivedAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes(timestamp + "."), .. body];
        byte[] hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(connection.Secret("webhookSecret")!), signed);
        return new SampleRequest(body, new SampleHeaders([("X-Shop-Signature", "sha256=" + Convert.ToHexStringLower(hash)), ("X-Shop-Time", timestamp)]));
    }
}

public sealed class CustomMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector { get; } = new CustomConnector();
    protected override ConnectionSettings Valid => Settings("custom", "{}", ("webhookSecret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    protected override IEnumerable<(string Topic, byte[] Payload)> Samples =>
    [
        ("order.updated", CustomSamples.Enveloped), ("order.updated", CustomSamples.Bare), ("order.deleted", """{"type":"order.deleted","timestamp":"2026-01-02T03:04:05Z","data":{"externalId":"A-1"}}"""u8.ToArray()),
    ];
}

public sealed class DeclaredMapperConformanceTests : OrderMapperConformance
{
    protected override IConnector Connector { get; } = new CustomConnector();
    protected override ConnectionSettings Valid => Settings("custom", CustomSamples.DeclaredSettings, ("webhookSecret", "hush-hush"));
    protected override IEnumerable<(string Topic, byte[] Payload)> Samples => [("order.placed", CustomSamples.Declared)];
}

public sealed class CustomStatesConformanceTests : OrderStatesConformance
{
    protected override IConnector Connector { get; } = new CustomConnector();
    protected override ConnectionSettings Valid => Settings("custom", "{}", ("webhookSecret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
}
