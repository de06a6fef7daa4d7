using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Custom;

/// <summary>Orders of a shop that cannot change what it sends, by its table of fields.</summary>
internal sealed class DeclaredOrderMapping(CustomEnvelope envelope, DeclaredFields fields) : IOrderMapping
{
    public MappingOutcome Map(in ReceivedEvent received)
    {
        if (envelope.IgnoreTopics.Contains(received.Topic, StringComparer.OrdinalIgnoreCase))
        {
            return new Ignored($"the settings ignore events of the topic {received.Topic}");
        }

        JsonDocument? inner = null;
        try
        {
            using var document = JsonDocument.Parse(NulCharacters.Removed(received.Payload));
            if (envelope.Find(document.RootElement, out inner) is not { } found)
            {
                return new Unmappable($"there is no {(envelope.List is null ? "order" : "list of orders")} at {envelope.List ?? envelope.Order}", (envelope.List ?? envelope.Order).ToString());
            }

            string at = envelope.IsJsonInString ? "" : (envelope.List ?? envelope.Order).ToString();
            return envelope.List is null ? One(found, at, received) : Many(found, at, received);
        }
        catch (JsonException error)
        {
            return new Unmappable($"the body is not JSON: {CustomOrderMapping.Short(error.Message)}");
        }
        catch (Exception error) when (error is InvalidOperationException or FormatException or ArgumentException or OverflowException)
        {
            return new Unmappable($"the document cannot be read: {CustomOrderMapping.Short(error.Message)}");
        }
        finally
        {
            inner?.Dispose();
        }
    }

    private MappingOutcome Many(JsonElement list, string at, in ReceivedEvent received)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return new Unmappable("the settings say that there is a list of orders here", at, CustomOrderMapping.Short(list.GetRawText()));
        }

        List<Order> orders = [];
        int index = 0;
        foreach (var element in list.EnumerateArray())
        {
            var outcome = One(element, $"{at}/{index.ToString(System.Globalization.CultureInfo.InvariantCulture)}", received);
            if (outcome is not MappedOrder mapped)
            {
                return outcome;
            }

            orders.Add(mapped.Order);
            index++;
        }

        return orders.Count > 0 ? new MappedOrders(orders) : new Ignored("the list of orders is empty");
    }

    private MappingOutcome One(JsonElement element, string at, in ReceivedEvent received)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return new Unmappable("an order must be an object", at, CustomOrderMapping.Short(element.GetRawText()));
        }

        try
        {
            var made = fields.Make(element, at);
            var order = made.Deserialize(CustomSchema.Strict)!;
            return Soundness.Problem(order) is { } problem
                ? new Unmappable($"{problem.Path.TrimStart('/').Replace('/', '.')}: {problem.Because}", at, CustomOrderMapping.Short(made.ToJsonString()))
                : Soundness.Check(order with { UpdatedAt = order.UpdatedAt ?? received.OccurredAt }, at, element);
        }
        catch (FieldException error)
        {
            return new Unmappable(CustomOrderMapping.Short(error.Message), error.Path, error.Value);
        }
        catch (JsonException error)
        {
            return new Unmappable($"the fields do not make an order: {CustomOrderMapping.Short(error.Message)}", at);
        }
    }
}
