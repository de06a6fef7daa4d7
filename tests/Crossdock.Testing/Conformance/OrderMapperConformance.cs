using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every mapping owes: an answer for whatever comes, and the same answer each time.</summary>
public abstract class OrderMapperConformance : ConnectorConformance
{
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
            foreach (byte[] mutated in Mutations.OfEveryField(payload))
            {
                Map(Mapping, topic, mutated);
            }
        }
    }

    [Fact]
    public void Documents_damaged_in_several_places_never_throw()
    {
        foreach (var (topic, payload) in Samples)
        {
            foreach (byte[] damaged in Mutations.AtRandom(payload, 300).Concat(Mutations.OfBytes(payload, 300)))
            {
                Map(Mapping, topic, damaged);
            }
        }
    }

    [Fact]
    public void Numbers_and_nesting_beyond_all_bounds_never_throw()
    {
        foreach (var (topic, payload) in Samples)
        {
            foreach (byte[] monstrous in Mutations.Monstrous(payload))
            {
                Map(Mapping, topic, monstrous);
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
        MappingOutcome outcome;
        try
        {
            outcome = mapping.Map(new ReceivedEvent(payload, topic, null, null, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));
        }
        catch (Exception thrown)
        {
            throw new InvalidOperationException($"a mapping never throws, but for {topic} {System.Text.Encoding.UTF8.GetString(payload, 0, Math.Min(payload.Length, 4000))} it threw {thrown.GetType().Name}: {thrown.Message}", thrown);
        }

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
            case Announced announced:
                Assert.False(string.IsNullOrEmpty(announced.ExternalId));
                Assert.False(string.IsNullOrWhiteSpace(announced.What));
                break;
            default:
                Assert.All(Orders(outcome), Sound);
                break;
        }

        return outcome;
    }

    private static void Sound(Order order)
    {
        Assert.False(HasNul(OrderJson.Write(order)), "no database text can hold the character NUL");
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

    private static bool HasNul(byte[] json)
    {
        if (json.AsSpan().IndexOf("\\u0000"u8) < 0)
        {
            return false;
        }

        var reader = new System.Text.Json.Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType is System.Text.Json.JsonTokenType.String or System.Text.Json.JsonTokenType.PropertyName && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
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
}
