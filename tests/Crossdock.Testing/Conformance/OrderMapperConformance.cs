using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every mapping owes: an answer for whatever comes, and the same answer each time.</summary>
public abstract class OrderMapperConformance : ConnectorConformance
{
    private static readonly string[] Odd = ["null", "true", "-12.5", "1e300", "\"\"", "\"text\"", "\"9999-99-99T99:99:99Z\"", "\"\\u0000\"", "[]", "[null]", "[[1]]", "{}", """{"a":{"b":[]}}"""];

    /// <summary>Documents that map to orders or changes, with their topics.</summary>
    protected abstract IEnumerable<(string Topic, byte[] Payload)> Samples { get; }

    private IOrderMapping Mapping => ((IOrderMapper)Connector).MappingFor(Valid);

    [Fact]
    public void Samples_map()
    {
        Assert.NotEmpty(Samples);
        Assert.All(Samples, sample =>
        {
            var outcome = Map(Mapping, sample.Topic, sample.Payload);
            Assert.False(outcome is Unmappable or Ignored, outcome.ToString());
        });
    }

    [Fact]
    public void Garbage_is_unmappable_with_a_reason()
    {
        byte[][] garbage = [[], "null"u8.ToArray(), "[]"u8.ToArray(), "{}"u8.ToArray(), "{"u8.ToArray(), "text"u8.ToArray(), [0xFF, 0xFE], "\"text\""u8.ToArray(), "[null]"u8.ToArray(), "[[[[[["u8.ToArray()];
        Assert.All(garbage, body => Assert.True(Map(Mapping, Samples.First().Topic, body) is Unmappable { Because.Length: > 0 } or Ignored));
    }

    [Fact]
    public void Truncated_payloads_never_throw()
    {
        foreach (var (topic, payload) in Samples)
        {
            for (int length = 0; length < payload.Length; length += Math.Max(1, payload.Length / 200))
            {
                Map(Mapping, topic, payload[..length]);
            }
        }
    }

    [Fact]
    public void Fields_dropped_or_of_another_type_never_throw()
    {
        foreach (var (topic, payload) in Samples)
        {
            foreach (byte[] mutated in Mutations(payload))
            {
                Map(Mapping, topic, mutated);
            }
        }
    }

    [Fact]
    public void Same_input_gives_the_same_output_from_many_threads()
    {
        var mapping = Mapping;
        foreach (var (topic, payload) in Samples)
        {
            string expected = Text(Map(mapping, topic, payload));
            Parallel.For(0, 100, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Assert.Equal(expected, Text(Map(mapping, topic, payload))));
        }
    }

    [Fact]
    public void Mapped_orders_are_read_back_as_written()
    {
        foreach (var (topic, payload) in Samples)
        {
            foreach (var order in Orders(Map(Mapping, topic, payload)))
            {
                byte[] written = OrderJson.Write(order);
                Assert.Equal(written, OrderJson.Write(OrderJson.Read(written)));
            }
        }
    }

    /// <summary>Maps and holds the result to the contract.</summary>
    protected static MappingOutcome Map(IOrderMapping mapping, string topic, byte[] payload)
    {
        var outcome = mapping.Map(new ReceivedEvent(payload, topic, null, null, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        switch (outcome)
        {
            case Unmappable unmappable:
                Assert.False(string.IsNullOrWhiteSpace(unmappable.Because));
                Assert.True(unmappable.Value is null || unmappable.Value.Length <= 200, "the value of an Unmappable is at most 200 characters");
                Assert.True(string.IsNullOrEmpty(unmappable.Path) || unmappable.Path[0] == '/', $"'{unmappable.Path}' is not a JSON pointer");
                break;
            case Ignored ignored:
                Assert.False(string.IsNullOrWhiteSpace(ignored.Because));
                break;
            case MappedChange change:
                Assert.False(string.IsNullOrEmpty(change.ExternalId));
                Assert.False(string.IsNullOrWhiteSpace(change.Change.What));
                break;
            default:
                Assert.All(Orders(outcome), Sound);
                break;
        }

        return outcome;
    }

    private static void Sound(Order order)
    {
        Assert.False(string.IsNullOrEmpty(order.ExternalId), "an order has an external id");
        Assert.False(string.IsNullOrEmpty(order.Number), "an order has a number");
        Assert.Matches("^[A-Z]{3}$", order.Currency);
        Assert.Empty(order.Packages);
        Assert.True(order.State is not (OrderState.AwaitingApproval or OrderState.Approved or OrderState.Excluded), $"a mapping never says {order.State}");
        Assert.All(order.Lines, line =>
        {
            Assert.False(string.IsNullOrEmpty(line.Id), "a line has an id");
            Assert.NotNull(line.Name);
        });
        foreach (var address in new[] { order.ShipTo, order.BillTo }.OfType<Address>())
        {
            Assert.True(address.Country is null || (address.Country.Length == 2 && address.Country.All(char.IsAsciiLetterUpper)), $"'{address.Country}' is not an ISO 3166-1 code");
            Assert.NotEqual("", address.Name);
            Assert.NotEqual("", address.Line1);
        }

        foreach (var at in new[] { order.PlacedAt, order.UpdatedAt, order.PaidAt, order.CancelledAt, order.ClosedAt })
        {
            Assert.True(at is null || at.Value.Offset == TimeSpan.Zero, "times are UTC");
        }
    }

    private static IEnumerable<Order> Orders(MappingOutcome outcome) => outcome switch
    {
        MappedOrder one => [one.Order],
        MappedOrders many => many.Orders,
        _ => [],
    };

    private static string Text(MappingOutcome outcome) => Orders(outcome).ToList() is { Count: > 0 } orders
        ? string.Join('\n', orders.Select(order => System.Text.Encoding.UTF8.GetString(OrderJson.Write(order))))
        : outcome.ToString()!;

    private static IEnumerable<byte[]> Mutations(byte[] payload)
    {
        var paths = new List<string[]>();
        Paths(JsonNode.Parse(payload), [], paths);
        foreach (string[] path in paths)
        {
            yield return Changed(payload, path, null);
            foreach (string odd in path.Length <= 2 ? Odd : Odd[..4])
            {
                yield return Changed(payload, path, odd);
            }
        }
    }

    private static void Paths(JsonNode? node, string[] at, List<string[]> paths)
    {
        if (at.Length > 0)
        {
            paths.Add(at);
        }

        if (at.Length >= 4)
        {
            return;
        }

        if (node is JsonObject table)
        {
            foreach (var (name, inner) in table)
            {
                Paths(inner, [.. at, name], paths);
            }
        }
        else if (node is JsonArray { Count: > 0 } list)
        {
            Paths(list[0], [.. at, "0"], paths);
        }
    }

    private static byte[] Changed(byte[] payload, string[] path, string? value)
    {
        var root = JsonNode.Parse(payload)!;
        var parent = root;
        foreach (string step in path[..^1])
        {
            parent = parent is JsonArray list ? list[0]! : parent![step]!;
        }

        if (parent is JsonArray array)
        {
            if (value is null)
            {
                array.RemoveAt(0);
            }
            else
            {
                array[0] = JsonNode.Parse(value);
            }
        }
        else if (value is null)
        {
            parent!.AsObject().Remove(path[^1]);
        }
        else
        {
            parent!.AsObject()[path[^1]] = JsonNode.Parse(value);
        }

        return System.Text.Encoding.UTF8.GetBytes(root.ToJsonString());
    }
}
