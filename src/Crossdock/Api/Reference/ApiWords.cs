using System.Text.Json.Nodes;
using Crossdock.Accounts;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Replays;
using Crossdock.Webhooks;

namespace Crossdock.Api.Reference;

/// <summary>What the description of the API says of parameters and stored names, beyond what the code's types do.</summary>
internal static class ApiWords
{
    private const string Time = "UTC, for example 2026-03-01T00:00:00Z.";

    /// <summary>Parameters by name; by <c>METHOD /path name</c> where an address means something of its own.</summary>
    private static readonly Dictionary<string, string> Words = new(StringComparer.Ordinal)
    {
        ["id"] = "The id, as its list shows it.",
        ["key"] = "The connection's key.",
        ["event"] = "The event's id.",
        ["platform"] = "The platform's name, for example shopify.",
        ["day"] = "A day of the store's time zone, for example 2026-03-02.",
        ["cursor"] = "The value of next of the page before, unchanged; left out: the first page.",
        ["limit"] = "How many rows a page has at most, 1 to 500. Default 50.",
        ["search"] = "Number, external id, name or e-mail address of the customer, or the beginning of one.",
        ["number"] = "The order's number, with or without #.",
        ["externalId"] = "The order's id at its platform.",
        ["customer"] = "Beginning of the customer's name or e-mail address.",
        ["state"] = "Only those in this state.",
        ["store"] = "Only of the store with this key.",
        ["destination"] = "Only to the destination with this key.",
        ["connection"] = "Only of the connection with this key.",
        ["held"] = "true: only held ones; false: only others.",
        ["from"] = "At or after this time. " + Time,
        ["to"] = "Before this time. " + Time,
        ["code"] = "Only holds of this kind, for example rule or operator.",
        ["kind"] = "Only differences of this kind.",
        ["topic"] = "Only documents of this topic, for example orders/updated.",
        ["orderKey"] = "Only events of this order, as the platform names it; needs connection.",
        ["waitsForOrder"] = "true: only what waits for its order; false: only what was not understood.",
        ["ended"] = "true lists those that are over, too.",
        ["all"] = "true lists settled ones, too.",
        ["actor"] = "Only what this person or program did, by name.",
        ["action"] = "Only this action, for example user_created.",
        ["subject"] = "Only changes of this kind of thing, for example connection.",
        ["subjectId"] = "Only changes of the thing with this id; needs subject.",
        ["prune"] = "true deletes connections that the file does not name.",
        ["force"] = "With prune: deletes them also while they have unfinished work.",
        ["file"] = "The file's name; its ending says what it is.",
        ["format"] = "csv or xlsx. Default csv.",
        ["language"] = "Of the column names: en or es. Default en.",
        ["type"] = "Only events of this type.",
        ["GET /api/v1/audit connection"] = "Only changes of what belongs to the connection with this key.",
        ["GET /api/v1/completeness from"] = "First day, for example 2026-03-01; default a week before the last.",
        ["GET /api/v1/completeness to"] = "Last day; default today.",
        ["GET /api/v1/connections/{key}/completeness from"] = "First day, for example 2026-03-01; default a week before the last.",
        ["GET /api/v1/connections/{key}/completeness to"] = "Last day; default today.",
    };

    // Stored names by schema and property, or by address and parameter.
    private static readonly Dictionary<string, IReadOnlyList<string>> Stored = new(StringComparer.Ordinal)
    {
        ["OrderSummary.state"] = EnumNames<OrderState>.All,
        ["OrderSummary.paymentStatus"] = EnumNames<PaymentStatus>.All,
        ["OrderSummary.fulfilmentStatus"] = EnumNames<FulfilmentStatus>.All,
        ["GET /api/v1/orders state"] = EnumNames<OrderState>.All,
        ["DeliveryRow.state"] = DeliverySearch.States,
        ["DeliveryRow.kind"] = EnumNames<DeliveryKind>.All,
        ["GET /api/v1/deliveries state"] = DeliverySearch.States,
        ["AlertRow.severity"] = EnumNames<Alerts.AlertSeverity>.All,
        ["AlertRow.kind"] = EnumNames<Alerts.AlertKind>.All,
        ["BackfillRow.state"] = EnumNames<Backfill.BackfillState>.All,
        ["ReplayRow.state"] = EnumNames<ReplayState>.All,
        ["GET /api/v1/replays/{id}/differences kind"] = EnumNames<ReplayKind>.All,
        ["UserRow.role"] = EnumNames<Role>.All,
        ["UserDraft.role"] = EnumNames<Role>.All,
        ["AuditRow.actorKind"] = EnumNames<CallerKind>.All,
        ["WebhookMessageRow.state"] = WebhookMessageSearch.States,
        ["GET /api/v1/webhooks/{id}/events state"] = WebhookMessageSearch.States,
        ["GET /api/v1/webhooks/{id}/events type"] = [.. WebhookTypes.All.Select(one => one.Type)],
        ["GET /api/v1/connections/{key}/template format"] = ["csv", "xlsx"],
        ["GET /api/v1/connections/{key}/template language"] = ["en", "es"],
    };

    /// <summary>What a parameter means; null where nobody has said it.</summary>
    public static string? Of(string operation, string name) => Words.GetValueOrDefault($"{operation} {name}") ?? Words.GetValueOrDefault(name);

    /// <summary>The names that can stand there; null where anything can.</summary>
    /// <param name="place">A schema or an operation.</param>
    /// <param name="name">Its property or parameter.</param>
    /// <param name="isNullable">Whether null can stand there, too.</param>
    public static JsonArray? Names(string place, string name, bool isNullable = false)
    {
        if (!Stored.TryGetValue(place.Contains(' ', StringComparison.Ordinal) ? $"{place} {name}" : $"{place}.{name}", out var names))
        {
            return null;
        }

        JsonArray array = [.. names.Select(one => (JsonNode)one)];
        if (isNullable)
        {
            array.Add(null);
        }

        return array;
    }
}
