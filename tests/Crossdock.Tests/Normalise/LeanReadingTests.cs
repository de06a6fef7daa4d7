using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Connectors.Shopify;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Orders;
using Crossdock.Normalise;
using Crossdock.Orders;
using Xunit;

namespace Crossdock.Tests.Normalise;

/// <summary>A version that is known by webhook and is read again with fewer side remarks.</summary>
public sealed class LeanReadingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Same_version_keeps_what_the_webhook_said()
    {
        var draft = Known();
        draft.Take(Told(Noon) with { Attributes = Order.EmptyAttributes }, Item(), Noon, isLean: true);
        Assert.Equal("/shoes", draft.Mapped!.Attributes["landing_site"]);
        Assert.Equal([TimelineKind.Received, TimelineKind.Unchanged], draft.Entries.Select(entry => entry.Kind));
    }

    [Fact]
    public void Newer_version_is_taken_and_a_full_document_always()
    {
        var draft = Known();
        draft.Take(Told(Noon.AddSeconds(1)) with { Note = "new" }, Item(), Noon, isLean: true);
        Assert.Equal("new", draft.Mapped!.Note);
        draft.Take(Told(Noon.AddSeconds(1)) with { Note = "newer" }, Item(), Noon);
        Assert.Equal("newer", draft.Mapped.Note);
    }

    private int events;

    private OrderDraft Known()
    {
        var store = new Connection
        {
            Id = new ConnectionId(1), Settings = new ConnectionSettings("andina", "Andina", "shopify", JsonElement.Parse("{}"), new Dictionary<string, string>()), IsEnabled = true, Version = 1, Connector = new ShopifyConnector(), Rules = null!,
        };
        var draft = new OrderDraft(store, "7001", null);
        draft.Take(Told(Noon), Item(), Noon);
        return draft;
    }

    private static Order Told(DateTimeOffset updatedAt) => new()
    {
        ExternalId = "7001", Number = "#1", Currency = "EUR", UpdatedAt = updatedAt, Totals = new OrderTotals { Total = new Money(9m, "EUR") }, Attributes = new Dictionary<string, string> { ["landing_site"] = "/shoes" },
    };

    private InboxItem Item() => new()
    {
        InboxId = Guid.CreateVersion7(), EventId = Guid.Parse($"01900000-0000-7000-8000-{++events:D12}", System.Globalization.CultureInfo.InvariantCulture), Kind = InboxKind.Event, ConnectionId = new ConnectionId(1), OrderKey = "7001", Topic = "orders/read", OccurredAt = null, ReceivedAt = Noon, Body = null, Source = EventSource.Poll,
    };
}
