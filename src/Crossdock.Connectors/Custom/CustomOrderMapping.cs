using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Custom;

/// <summary>Crossdock's own JSON: the canonical order, bare or in an envelope with type and timestamp.</summary>
internal sealed class CustomOrderMapping : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(NulCharacters.Removed(received.Payload));
        }
        catch (JsonException error)
        {
            return new Unmappable($"the body is not JSON: {Short(error.Message)}");
        }

        using (document)
        {
            try
            {
                return Map(document.RootElement, received);
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentException)
            {
                return new Unmappable($"the order cannot be read: {Short(error.Message)}");
            }
        }
    }

    private static MappingOutcome Map(JsonElement root, in ReceivedEvent received)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return new Unmappable("the body must be an order, or an object with type and data", "", Short(root.GetRawText()));
        }

        bool isBare = !root.TryGetProperty("data", out var data);
        data = isBare ? root : data;
        string place = isBare ? "" : "/data";
        string type = isBare ? "order.updated" : root.TryGetProperty("type", out var told) && told.ValueKind == JsonValueKind.String ? told.GetString()! : "";
        if (type is not ("order.created" or "order.updated" or "order.cancelled" or "order.deleted"))
        {
            return type.Length > 0 && !type.StartsWith("order.", StringComparison.Ordinal)
                ? new Ignored($"events of type {Short(type)} concern no order")
                : new Unmappable("the type must be order.created, order.updated, order.cancelled or order.deleted", "/type", Short(type));
        }

        if (data.ValueKind != JsonValueKind.Object)
        {
            return new Unmappable("data must be an order", place, Short(data.GetRawText()));
        }

        DateTimeOffset? at = !isBare && root.TryGetProperty("timestamp", out var time) && time.ValueKind == JsonValueKind.String && time.TryGetDateTimeOffset(out var stamp)
            ? stamp.ToUniversalTime() : received.OccurredAt;
        if (type == "order.deleted" || (type == "order.cancelled" && !data.TryGetProperty("totals", out _)))
        {
            string? reason = data.TryGetProperty("cancelReason", out var because) ? JsonPointer.Scalar(because) : null;
            return data.TryGetProperty("externalId", out var id) && JsonPointer.Scalar(id) is { } externalId
                ? new MappedChange(externalId, new OrderChange { What = type == "order.deleted" ? "Deleted in the shop" : "Cancelled in the shop", At = at, State = OrderState.Cancelled, Reason = reason })
                : new Unmappable("externalId is missing", place + "/externalId");
        }

        Order order;
        try
        {
            order = data.Deserialize(CustomSchema.Strict)!;
        }
        catch (JsonException error)
        {
            string path = place + PointerOf(error.Path);
            return new Unmappable(Short(Sentence(error.Message)), path, ValueAt(root, path));
        }

        order = order with { UpdatedAt = order.UpdatedAt ?? at };
        if (type == "order.cancelled")
        {
            order = order with { State = OrderState.Cancelled, CancelledAt = order.CancelledAt ?? at };
        }

        return Soundness.Check(order, place, root);
    }

    // $.lines[0].quantity is /lines/0/quantity.
    private static string PointerOf(string? path) => path is null or "$" ? "" : path.TrimStart('$').Replace("['", "/", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal)
        .Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Replace('.', '/');

    private static string Sentence(string message)
    {
        int path = message.IndexOf(" Path: ", StringComparison.Ordinal);
        return (path > 0 ? message[..path] : message).Replace("Crossdock.Model.Orders.", "", StringComparison.Ordinal);
    }

    private static string? ValueAt(JsonElement root, string path) => JsonPointer.Parse(path) is { } pointer && path.Length > 0 && pointer.TryFind(root, out var found) ? Short(found.GetRawText()) : null;

    internal static string Short(string text) => text.Length > 200 ? text[..200] : text;
}

/// <summary>What every order of a home-made shop must fulfil beyond its types.</summary>
internal static class Soundness
{
    internal static MappingOutcome Check(Order order, string place, JsonElement root)
    {
        if (Problem(order) is not { } problem)
        {
            return new MappedOrder(order with
            {
                PlacedAt = order.PlacedAt?.ToUniversalTime(),
                UpdatedAt = order.UpdatedAt?.ToUniversalTime(),
                PaidAt = order.PaidAt?.ToUniversalTime(),
                CancelledAt = order.CancelledAt?.ToUniversalTime(),
                ClosedAt = order.ClosedAt?.ToUniversalTime(),
                ShipTo = Tidy(order.ShipTo),
                BillTo = Tidy(order.BillTo),
            });
        }

        string path = place + problem.Path;
        return new Unmappable(problem.Because, path, JsonPointer.Parse(path) is { } pointer && pointer.TryFind(root, out var found) ? CustomOrderMapping.Short(found.GetRawText()) : null);
    }

    internal static (string Because, string Path)? Problem(Order order)
    {
        if (string.IsNullOrWhiteSpace(order.ExternalId) || order.ExternalId.Length > 200)
        {
            return ("an order needs an externalId of 1 to 200 characters", "/externalId");
        }

        if (string.IsNullOrWhiteSpace(order.Number))
        {
            return ("an order needs a number", "/number");
        }

        if (!IsCapitals(order.Currency, 3))
        {
            return ("a currency is an ISO 4217 code in capitals, for example EUR", "/currency");
        }

        if (!IsCapitals(order.Totals.Total.Currency, 3))
        {
            return ("the total needs a currency, an ISO 4217 code in capitals", "/totals/total/currency");
        }

        if (order.State is OrderState.AwaitingApproval or OrderState.Approved or OrderState.Excluded)
        {
            return ("this state is the hub's own; possible are new, awaiting_payment, processing, in_shipment, delivered, closed, cancelled", "/state");
        }

        if (order.Packages.Count > 0)
        {
            return ("packages are made by the store's rules and cannot be sent", "/packages");
        }

        if (order.Shipping.Contains(null!) || order.Taxes.Contains(null!) || order.Discounts.Contains(null!) || order.Fees.Contains(null!) || order.Payments.Contains(null!)
            || order.Refunds.Contains(null!) || order.Fulfilments.Contains(null!) || order.Tags.Contains(null!) || order.Concerns.Contains(null!) || order.Attributes.Values.Contains(null!))
        {
            return ("a list contains null", "");
        }

        for (int index = 0; index < order.Lines.Count; index++)
        {
            var line = order.Lines[index];
            if (line is null || string.IsNullOrWhiteSpace(line.Id) || line.Quantity < 0 || line.CurrentQuantity < 0)
            {
                return ("a line needs an id and quantities that are not negative", "/lines/" + index.ToString(CultureInfo.InvariantCulture));
            }
        }

        return Country(order.ShipTo) ? ("a country is an ISO 3166-1 code in capitals, for example ES", "/shipTo/country")
            : Country(order.BillTo) ? ("a country is an ISO 3166-1 code in capitals, for example ES", "/billTo/country") : null;
    }

    private static bool Country(Address? address) => address?.Country is { } country && !IsCapitals(country, 2);

    private static bool IsCapitals(string? text, int length) => text?.Length == length && text.All(char.IsAsciiLetterUpper);

    private static Address? Tidy(Address? address) => address is null ? null : address with { Name = Missing(address.Name), Line1 = Missing(address.Line1) };

    private static string? Missing(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
