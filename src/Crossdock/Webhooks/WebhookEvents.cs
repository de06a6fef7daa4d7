using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crossdock.Delivery;
using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Webhooks;

/// <summary>Something that is told.</summary>
/// <param name="Id">Made of what it was made of: the same thing read again has the same id.</param>
/// <param name="Type">One of <see cref="WebhookTypes"/>.</param>
/// <param name="Connection">Whose; null for none.</param>
/// <param name="Other">The destination of a delivery; who chose it is told as well.</param>
/// <param name="Body">JSON as it is sent.</param>
internal sealed record WebhookEvent(Guid Id, string Type, int? Connection, int? Other, string Body);

/// <summary>An order as events tell it.</summary>
internal sealed record ToldOrder
{
    public required Guid Id { get; init; }
    public required string ExternalId { get; init; }
    public required string Number { get; init; }
    public required string State { get; init; }
    public required bool Held { get; init; }
    public required string PaymentStatus { get; init; }
    public required string Currency { get; init; }
    public required decimal Total { get; init; }
    public DateTimeOffset? PlacedAt { get; init; }
    public required int Version { get; init; }
}

/// <summary>A delivery as events tell it.</summary>
internal sealed record ToldDelivery
{
    public required Guid Id { get; init; }
    public required string Destination { get; init; }
    public required int DestinationId { get; init; }
    public required string Kind { get; init; }
    public string? RemoteId { get; init; }
}

/// <summary>Makes events of what timelines and alerts tell. Pure.</summary>
internal static class WebhookEvents
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // What is signed is the text; names stay readable in it.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The types that one entry is told as; none for most.</summary>
    public static IReadOnlyList<string> TypesOf(TimelineEntry entry) => entry.Kind switch
    {
        TimelineKind.State when OrderSentences.Read(entry.Text) is { } move => move switch
        {
            { From: null, To: OrderState.Cancelled } => [WebhookTypes.OrderCreated, WebhookTypes.OrderCancelled],
            { From: null } => [WebhookTypes.OrderCreated],
            { To: OrderState.Cancelled } => [WebhookTypes.OrderStateChanged, WebhookTypes.OrderCancelled],
            _ => [WebhookTypes.OrderStateChanged],
        },
        TimelineKind.Held => [WebhookTypes.OrderHeld],
        TimelineKind.Released => [WebhookTypes.OrderReleased],
        TimelineKind.Delivery when DeliverySentences.IsDelivered(entry.Text) => [WebhookTypes.DeliveryDelivered],
        TimelineKind.Delivery when DeliverySentences.IsDead(entry.Text) => [WebhookTypes.DeliveryDead],
        _ => [],
    };

    /// <summary>The events of one row of a timeline.</summary>
    /// <param name="row">Its id.</param>
    /// <param name="connection">The store's id.</param>
    /// <param name="store">The store's key.</param>
    /// <param name="entries">What it tells.</param>
    /// <param name="order">As it is now.</param>
    /// <param name="deliveries">By id.</param>
    public static IEnumerable<WebhookEvent> Of(Guid row, int connection, string store, IReadOnlyList<TimelineEntry> entries, ToldOrder order, IReadOnlyDictionary<Guid, ToldDelivery> deliveries)
    {
        for (int place = 0; place < entries.Count; place++)
        {
            var entry = entries[place];
            foreach (string type in TypesOf(entry))
            {
                var move = entry.Kind is TimelineKind.State ? OrderSentences.Read(entry.Text) : null;
                var delivery = entry.Kind is TimelineKind.Delivery && entry.Ref is { } id ? deliveries.GetValueOrDefault(id) : null;
                var data = new
                {
                    order = new
                    {
                        order.Id, store, order.ExternalId, order.Number, order.State, order.Held, order.PaymentStatus, total = new { amount = order.Total, order.Currency }, order.PlacedAt, order.Version,
                    },
                    from = move?.From is { } from ? EnumNames<OrderState>.Of(from) : null,
                    to = move is null ? null : EnumNames<OrderState>.Of(move.To),
                    delivery = delivery is null ? null : new { delivery.Id, delivery.Destination, delivery.Kind, delivery.RemoteId },
                    what = entry.Text,
                    entry.Because,
                    by = entry.Actor,
                };
                yield return new WebhookEvent(IdOf(row, $"{place} {type}"), type, connection, delivery?.DestinationId, Body(type, entry.At, data));
            }
        }
    }

    /// <summary>The event of an alert that opened or ended; null where it is of no kind that is told.</summary>
    public static WebhookEvent? Of(ToldAlert alert, bool isEnd)
    {
        string? type = alert.Kind switch
        {
            "store_quiet" => WebhookTypes.ConnectionQuiet,
            "webhooks_lost" or "webhooks_not_managed" or "reading_failing" => WebhookTypes.ConnectionFailing,
            _ => null,
        };
        if (type is null)
        {
            return null;
        }

        var at = isEnd ? alert.EndedAt!.Value : alert.OpenedAt;
        type = isEnd ? WebhookTypes.ConnectionRecovered : type;
        var data = new { connection = alert.Connection, alert = alert.Id, kind = alert.Kind, what = isEnd ? alert.EndedBecause : alert.Sentence, advice = isEnd ? null : alert.Advice };
        // The id begins with the time of its own event, not with that of the alert.
        return new WebhookEvent(IdOf(Database.QueryReading.Floor(at), $"{alert.Id} {type}"), type, alert.ConnectionId, null, Body(type, at, data));
    }

    /// <summary>What is sent to try a webhook.</summary>
    public static string TestBody(DateTimeOffset now, string name) => Body(WebhookTypes.Test, now, new { what = $"This is a test of the webhook \"{name}\". Nothing happened." });

    /// <summary>Beginning with the time of another id, the rest a hash: made of the same, it is the same.</summary>
    public static Guid IdOf(Guid from, string what)
    {
        Span<byte> bytes = stackalloc byte[16];
        from.TryWriteBytes(bytes, bigEndian: true, out _);
        byte[] hash = SHA256.HashData([.. bytes, .. System.Text.Encoding.UTF8.GetBytes(what)]);
        hash.AsSpan(6, 10).CopyTo(bytes[6..]);
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }

    private static string Body(string type, DateTimeOffset at, object data) => JsonSerializer.Serialize(new { type, timestamp = at.UtcDateTime, data }, Json);
}

/// <summary>An alert as events tell it.</summary>
internal sealed record ToldAlert
{
    public required Guid Id { get; init; }
    public required string Kind { get; init; }
    public int? ConnectionId { get; init; }
    public string? Connection { get; init; }
    public required string Sentence { get; init; }
    public string? Advice { get; init; }
    public required DateTimeOffset OpenedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? EndedBecause { get; init; }
}
