using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Tests.Orders;

public sealed class OrderJsonTests
{
    // The least that each record takes, in every list that an order has.
    private const string Least = """
        {"externalId":"1","number":"#1","currency":"CLP","totals":{"total":{"amount":"5","currency":"CLP"}},
         "customer":{},"shipTo":{},"lines":[{"id":"1","name":"Tent","quantity":1,"currentQuantity":1}],"shipping":[{"title":"Courier"}],"payments":[{"method":"cod"}],
         "refunds":[{"id":"1","amount":{"amount":1,"currency":"CLP"}}],"fulfilments":[{"id":"1"}],"packages":[{"number":1}]}
        """;

    [Fact]
    public void Document_that_leaves_everything_out_has_the_defaults()
    {
        var order = Read("""{"externalId":"1","number":"#1","currency":"CLP","totals":{"total":{"amount":"5","currency":"CLP"}}}""");
        Assert.Equal(new Order { ExternalId = "1", Number = "#1", Currency = "CLP", Totals = new OrderTotals { Total = new Money(5, "CLP") } }, order);
        Assert.True(order.RequiresShipping);
    }

    [Fact]
    public void Lists_and_tables_are_never_null_at_any_depth()
    {
        int seen = 0;
        Look(Read(Least), "order");
        Assert.True(seen >= 20, $"only {seen} lists were looked at");

        void Look(object thing, string path)
        {
            foreach (var property in thing.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0))
            {
                bool isList = property.PropertyType != typeof(string) && typeof(IEnumerable).IsAssignableFrom(property.PropertyType);
                object? value = property.GetValue(thing);
                seen += isList ? 1 : 0;
                Assert.False(isList && value is null, $"{path}.{property.Name} is null");
                if (value is IEnumerable list and not string)
                {
                    foreach (object? element in list)
                    {
                        Look(element!, $"{path}.{property.Name}[]");
                    }
                }
                else if (value is not null && property.PropertyType.Namespace == typeof(Order).Namespace && !property.PropertyType.IsEnum)
                {
                    Look(value, $"{path}.{property.Name}");
                }
            }
        }
    }

    [Fact]
    public void Line_without_more_requires_shipping() => Assert.True(Assert.Single(Read(Least).Lines).RequiresShipping);

    [Fact]
    public void What_was_written_is_read_back_the_same()
    {
        byte[] written = OrderJson.Write(Read(Least) with { RequiresShipping = false, Tags = ["a"], Attributes = new Dictionary<string, string> { ["k"] = "v" } });
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(OrderJson.Write(OrderJson.Read(written))));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"externalId":"1","number":"#1","currency":"CLP","totals":{"total":{"amount":"5","currency":"CLP"}},"lines":null}""")]
    [InlineData("""{"externalId":null,"number":"#1","currency":"CLP","totals":{"total":{"amount":"5","currency":"CLP"}}}""")]
    [InlineData("""{"externalId":"1","number":"#1","currency":"CLP","totals":{"total":{"amount":"five","currency":"CLP"}}}""")]
    public void Anything_else_is_refused(string document) => Assert.Throws<JsonException>(() => Read(document));

    private static Order Read(string document) => OrderJson.Read(Encoding.UTF8.GetBytes(document));
}
