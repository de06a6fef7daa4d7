using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Custom;

/// <summary>One home-made shop's capture endpoint.</summary>
internal sealed class CustomWebhooks(CustomSettings settings) : IWebhookEndpoint
{
    public TimeSpan AnswerWithin { get; } = TimeSpan.FromSeconds(15);

    // Home-made software forgets the header or says text/plain: the signature decides.
    public bool Accepts(string? contentType) => string.IsNullOrEmpty(contentType) || !contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);

    public ProbeAnswer? Probe(in WebhookRequest request) => null;

    public SignatureCheck CheckSignature(in WebhookRequest request) => settings.Signature.Check(request);

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        try
        {
            return settings.Fields is null ? Standard(request) : Declared(request, settings.Fields);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            return new Envelope("unknown", IdOf(request) ?? Keys.OfBytes("unknown", request.Body.Span), null, null);
        }
    }

    private static string? IdOf(in WebhookRequest request) => Keys.Clean(request.Headers["webhook-id"], 190);

    private static Envelope Standard(in WebhookRequest request)
    {
        string? type = null, orderKey = null;
        DateTimeOffset? at = null;
        bool hasData = false;
        var reader = new Utf8JsonReader(request.Body.Span);
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isType = reader.ValueTextEquals("type"u8), isTime = reader.ValueTextEquals("timestamp"u8), isData = reader.ValueTextEquals("data"u8);
                bool isId = reader.ValueTextEquals("externalId"u8), isUpdated = reader.ValueTextEquals("updatedAt"u8);
                reader.Read();
                if (isType && reader.TokenType == JsonTokenType.String)
                {
                    type = reader.GetString();
                }
                else if ((isTime || (isUpdated && !hasData && at is null)) && reader.TokenType == JsonTokenType.String)
                {
                    at = reader.TryGetDateTimeOffset(out var stamp) ? stamp.ToUniversalTime() : at;
                }
                else if (isData)
                {
                    hasData = true;
                    orderKey = IdIn(ref reader) ?? orderKey;
                }
                else if (isId && !hasData && reader.TokenType == JsonTokenType.String)
                {
                    orderKey = reader.GetString();
                }

                reader.Skip();
            }
        }

        string topic = Keys.Clean(type, 100) ?? (hasData || orderKey is null ? "unknown" : "order.updated");
        return new Envelope(topic, IdOf(request) ?? Keys.OfBytes(topic, request.Body.Span), Keys.Clean(orderKey, 200), at);
    }

    private static string? IdIn(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        string? id = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isId = reader.ValueTextEquals("externalId"u8);
            reader.Read();
            if (isId && reader.TokenType == JsonTokenType.String)
            {
                id = reader.GetString();
            }

            reader.Skip();
        }

        return id;
    }

    private Envelope Declared(in WebhookRequest request, DeclaredFields fields)
    {
        var envelope = settings.Envelope;
        using var document = JsonDocument.Parse(request.Body);
        string? told = envelope.TopicHeader is { } header ? request.Headers[header] : envelope.Topic?.FindText(document.RootElement);
        string topic = Keys.Clean(told, 100) ?? "unknown";
        string? id = Keys.Clean(envelope.EventIdHeader is { } idHeader ? request.Headers[idHeader] : envelope.EventId?.FindText(document.RootElement), 190);
        string? orderKey = null;
        DateTimeOffset? at = null;
        if (envelope.List is null && envelope.Find(document.RootElement, out var inner) is { } order)
        {
            using (inner)
            {
                orderKey = fields.ExternalId(order);
                at = fields.UpdatedAt(order);
            }
        }

        return new Envelope(topic, id is null ? Keys.OfBytes(topic, request.Body.Span) : "id:" + id, Keys.Clean(orderKey, 200), at);
    }
}
