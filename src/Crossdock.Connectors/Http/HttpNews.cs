using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using NodaTime;

namespace Crossdock.Connectors.Http;

/// <summary>What a courier says of the orders it was handed, described by <c>settings.status</c>: its call to us, and the meaning of its words.</summary>
internal sealed class HttpNews : IDeliveryNews
{
    private static readonly string[] Meanings = ["processing", "in_shipment", "delivered", "cancelled", "none"];
    private readonly Places places;

    private HttpNews(Places found, IWebhookEndpoint endpoint) => (places, Endpoint) = (found, endpoint);

    public IWebhookEndpoint? Endpoint { get; }

    /// <summary>Null when the settings say nothing of it.</summary>
    internal static HttpNews? Read(SettingsReader? status, HttpTracking usual, ConnectionSettings connection, List<SettingProblem> problems)
    {
        if (status?.Group("webhook") is not { } reader)
        {
            if (status?.Has("webhook") == false && status.Has("words"))
            {
                status.Problem("webhook", "is missing: words are of use only where the courier calls");
            }

            return null;
        }

        var signature = CustomSignature.Read(reader.Group("signature"), connection, problems);
        var words = new Dictionary<string, OrderState?>(StringComparer.OrdinalIgnoreCase);
        foreach (var (word, meaning) in status.Table("words"))
        {
            if (!Meanings.Contains(meaning, StringComparer.Ordinal))
            {
                status.Problem($"words.{word}", $"'{meaning}' is not possible here; possible are {string.Join(", ", Meanings)}");
            }

            words[word] = meaning == "none" ? null : EnumNames<OrderState>.Parse(meaning);
        }

        if (words.Count == 0)
        {
            status.Problem("words", "is missing: say what the courier's words mean, for example { picked_up: in_shipment, delivered: delivered }");
        }

        var zone = ReadZone(reader);
        var (idHeader, id) = HeaderOrPointer(reader, "eventId");
        var found = new Places(reader.Pointer("list"), reader.Pointer("remoteId"), reader.Pointer("reference"), Required(reader, "word"), reader.Pointer("at"), zone, idHeader, id,
            HttpTracking.Read(reader.Group("tracking"), usual), words);
        if (found.RemoteId is null && found.Reference is null)
        {
            reader.Problem("reference", "is missing: say where the courier names the order, by reference (what we sent: order number, orderId or delivery.id) or remoteId (its own id)");
        }

        reader.Close();
        return new HttpNews(found, new HttpNewsEndpoint(signature, found));
    }

    public NewsOutcome Read(in ReceivedEvent received)
    {
        try
        {
            using var document = JsonDocument.Parse(received.Payload);
            return Read(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            return new UnreadableNews($"The courier's document cannot be read: {error.Message}");
        }
    }

    private NewsOutcome Read(JsonElement root)
    {
        List<DeliveryNews> news = [];
        foreach (var one in places.Of(root))
        {
            string? word = places.Word.FindText(one);
            if (word is null)
            {
                return new UnreadableNews("The courier's document does not say how the shipment stands: the place in settings.status.webhook.word is empty.", places.Word.ToString());
            }

            if (!places.Words.TryGetValue(word, out var state))
            {
                return new UnreadableNews("This connection's settings do not say what this word of the courier means: add it to settings.status.words (none for no move), then work the event again.",
                    places.Word.ToString(), Cut(word, 200));
            }

            string? remoteId = places.RemoteId?.FindText(one), reference = places.Reference?.FindText(one);
            if (remoteId is null && reference is null)
            {
                return new UnreadableNews("The courier's document does not say which order it is about.", (places.Reference ?? places.RemoteId)!.ToString());
            }

            DateTimeOffset? at = null;
            if (places.At?.FindText(one) is { } time && !TryTime(time, places.Zone, out at))
            {
                return new UnreadableNews("The courier's time cannot be read: expected are ISO 8601 and seconds or milliseconds since 1970.", places.At.ToString(), Cut(time, 200));
            }

            news.Add(new DeliveryNews { RemoteId = remoteId, Reference = reference, State = state, Word = Cut(word, 100), At = at, Tracking = places.Tracking.In(one) });
        }

        return news.Count == 0 ? new NoNews("the courier's list is empty") : new SaidNews(news);
    }

    private static string Cut(string text, int longest) => text.Length <= longest ? text : text[..longest];

    private static JsonPointer Required(SettingsReader reader, string name)
    {
        if (!reader.Has(name))
        {
            reader.Problem(name, "is missing: a JSON pointer to the courier's word, for example /status");
        }

        return reader.Pointer(name) ?? JsonPointer.Root;
    }

    // A text that starts with a slash is a pointer into the body; { header: X-Event-Id } is a header.
    private static (string? Header, JsonPointer? Pointer) HeaderOrPointer(SettingsReader reader, string name)
    {
        if (reader.Raw(name) is not { ValueKind: JsonValueKind.Object } || reader.Group(name) is not { } group)
        {
            return (null, reader.Pointer(name));
        }

        string? header = group.Text("header", isRequired: true);
        group.Close();
        return (header, null);
    }

    private static DateTimeZone ReadZone(SettingsReader reader)
    {
        if (reader.Text("timeZone") is not { } name)
        {
            return DateTimeZone.Utc;
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone)
        {
            return zone;
        }

        reader.Problem("timeZone", $"'{name}' is not a time zone; for example America/Santiago");
        return DateTimeZone.Utc;
    }

    /// <summary>ISO 8601, with or without an offset, or seconds or milliseconds since 1970.</summary>
    private static bool TryTime(string text, DateTimeZone zone, out DateTimeOffset? at)
    {
        at = null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
        {
            at = number is > 0 and < 253_402_300_800_000 ? DateTimeOffset.FromUnixTimeMilliseconds(number > 100_000_000_000 ? number : number * 1000) : null;
        }
        else if (DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time) && time.Year is > 1970 and < 9000)
        {
            at = time.Kind switch
            {
                DateTimeKind.Utc => new DateTimeOffset(time),
                DateTimeKind.Local => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUniversalTime(),
                _ => zone.AtLeniently(LocalDateTime.FromDateTime(time)).ToInstant().ToDateTimeOffset(),
            };
        }

        return at is not null;
    }

    /// <summary>Where everything stands in what the courier sends.</summary>
    internal sealed record Places(
        JsonPointer? List, JsonPointer? RemoteId, JsonPointer? Reference, JsonPointer Word, JsonPointer? At, DateTimeZone Zone, string? EventIdHeader, JsonPointer? EventId,
        HttpTracking Tracking, IReadOnlyDictionary<string, OrderState?> Words)
    {
        /// <summary>The single news of a document.</summary>
        internal IEnumerable<JsonElement> Of(JsonElement root)
        {
            if (List is null)
            {
                return [root];
            }

            return List.TryFind(root, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : throw new FormatException($"there is no list at {List}");
        }
    }
}

/// <summary>One courier's capture endpoint.</summary>
internal sealed class HttpNewsEndpoint(CustomSignature signature, HttpNews.Places places) : IWebhookEndpoint
{
    public TimeSpan AnswerWithin { get; } = TimeSpan.FromSeconds(7);

    // Couriers' software forgets the header or says text/plain: the signature decides.
    public bool Accepts(string? contentType) => string.IsNullOrEmpty(contentType) || !contentType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase);

    public ProbeAnswer? Probe(in WebhookRequest request) => null;

    public SignatureCheck CheckSignature(in WebhookRequest request) => signature.Check(request);

    public Envelope ReadEnvelope(in WebhookRequest request)
    {
        try
        {
            using var document = JsonDocument.Parse(request.Body);
            var first = places.Of(document.RootElement).FirstOrDefault();
            string topic = Keys.Clean(places.Word.FindText(first), 100) ?? "unknown";
            string? key = Keys.Clean(places.RemoteId?.FindText(first) ?? places.Reference?.FindText(first), 200);
            string? id = Keys.Clean(places.EventIdHeader is { } header ? request.Headers[header] : places.EventId is { } pointer ? pointer.FindText(document.RootElement) : request.Headers["webhook-id"], 190);
            return new Envelope(topic, id is null ? Keys.OfBytes(topic, request.Body.Span) : "id:" + id, key, null);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            return new Envelope("unknown", Keys.OfBytes("unknown", request.Body.Span), null, null);
        }
    }
}
