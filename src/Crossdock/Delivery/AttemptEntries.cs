using System.Globalization;
using System.Text.Json;
using Crossdock.Database;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Delivery;

/// <summary>What the timeline says of an attempt.</summary>
internal static class AttemptEntries
{
    internal static string Json(FinishedAttempt one) => JsonSerializer.Serialize(Of(one), TimelineJson.Default.ListTimelineEntry);

    /// <summary>The same with the move it led to.</summary>
    internal static string WithMove(string entries, FinishedAttempt one, StateMove move)
    {
        List<TimelineEntry> moved = [new(one.At, TimelineKind.State, "crossdock", OrderSentences.Became(move.From, move.To), move.Because)];
        return string.Concat(entries.AsSpan(0, entries.Length - 1), ",", JsonSerializer.Serialize(moved, TimelineJson.Default.ListTimelineEntry).AsSpan(1));
    }

    private static List<TimelineEntry> Of(FinishedAttempt one)
    {
        string actor = one.Due.Notice is null ? $"destination {one.DestinationKey}" : $"store {one.DestinationKey}";
        Guid id = one.Due.Id.Value;
        List<TimelineEntry> entries = [];
        if (one.Find is { } find)
        {
            entries.Add(new(one.At, TimelineKind.Attempt, actor, one.Due.Notice is null
                ? "Looked up, because an earlier attempt had no clear answer: it does not have it" : "Looked up, because an earlier attempt had no clear answer: it does not know yet", find.Because, id));
        }
        entries.Add(new(one.At, TimelineKind.Attempt, actor, Attempt(one), one.Call.Because is { } because ? Shortened(because) : null, id));
        var ruling = one.Ruling;
        if (one.Due.Notice is { } notice)
        {
            if (ruling.State == DeliveryState.Delivered)
            {
                entries.Add(new(one.At, TimelineKind.Delivery, "crossdock", DeliverySentences.ToldShop(ShopNotices.Words(notice)), null, id));
            }
            else if (ruling.State == DeliveryState.Dead)
            {
                entries.Add(new(one.At, TimelineKind.Delivery, "crossdock", DeliverySentences.ShopNotTold(ShopNotices.Words(notice)), Shortened(ruling.Error), id));
            }
            return entries;
        }
        if (ruling.State == DeliveryState.Delivered)
        {
            string what = one.Due.Kind switch
            {
                DeliveryKind.Create => DeliverySentences.HasOrder,
                DeliveryKind.Update => DeliverySentences.HasChange,
                DeliveryKind.Cancel => DeliverySentences.HasCancelled,
                DeliveryKind.Status => DeliverySentences.KnowsStatus,
            };
            entries.Add(new(one.At, TimelineKind.Delivery, actor, DeliverySentences.Delivered(one.DestinationKey, what, ruling.RemoteId), null, id));
        }
        else if (ruling.State == DeliveryState.Dead)
        {
            entries.Add(new(one.At, TimelineKind.Delivery, actor, DeliverySentences.Dead(one.DestinationKey), Shortened(ruling.Error), id));
        }
        else if (ruling.State == DeliveryState.Held)
        {
            entries.Add(new(one.At, TimelineKind.Held, actor, $"Held: {one.DestinationKey} wants a person to look", Shortened(ruling.Error), id));
        }
        return entries;
    }

    private static string Attempt(FinishedAttempt one)
    {
        string status = one.Call.Exchange?.Status is { } code ? $" (HTTP {code.ToString(CultureInfo.InvariantCulture)})" : "";
        string how = one.Call.Outcome switch
        {
            "delivered" => $"taken{status}",
            "has" => "looked up: it has it already",
            "cannot_say" => "looked up: it cannot say whether it has it",
            "retry_later" => $"not taken{status}",
            "unclear" => "no clear answer; it may have arrived",
            "hold" => $"a person has to look{status}",
            "rejected" => $"refused{status}",
            _ => one.Call.Outcome,
        };
        string next = one.Ruling.State == DeliveryState.Waiting ? $"; again at {one.Ruling.NextAttemptAt.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC" : "";
        return string.Create(CultureInfo.InvariantCulture, $"Attempt {one.Call.Number}: {how}, {one.Call.ElapsedMs} ms{next}");
    }

    private static string? Shortened(string? text) => Parameters.Storable(text is { Length: > 500 } ? text[..500] + "…" : text);
}
