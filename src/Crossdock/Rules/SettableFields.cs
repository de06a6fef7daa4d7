using System.Collections.Frozen;
using Crossdock.Model.Orders;

namespace Crossdock.Rules;

/// <summary>Fields that a rule may set; money, lines and states are not among them.</summary>
internal static class SettableFields
{
    private static readonly FrozenDictionary<string, Func<Order, string?, Order>> Table = new Dictionary<string, Func<Order, string?, Order>>
    {
        ["note"] = (order, value) => order with { Note = value },
        ["channel"] = (order, value) => order with { Channel = value },
        ["shipTo.name"] = Ship((to, value) => to with { Name = value }),
        ["shipTo.company"] = Ship((to, value) => to with { Company = value }),
        ["shipTo.line1"] = Ship((to, value) => to with { Line1 = value }),
        ["shipTo.line2"] = Ship((to, value) => to with { Line2 = value }),
        ["shipTo.district"] = Ship((to, value) => to with { District = value }),
        ["shipTo.city"] = Ship((to, value) => to with { City = value }),
        ["shipTo.region"] = Ship((to, value) => to with { Region = value }),
        ["shipTo.regionName"] = Ship((to, value) => to with { RegionName = value }),
        ["shipTo.postcode"] = Ship((to, value) => to with { Postcode = value }),
        ["shipTo.country"] = Ship((to, value) => to with { Country = value }),
        ["shipTo.phone"] = Ship((to, value) => to with { Phone = value }),
        ["shipTo.email"] = Ship((to, value) => to with { Email = value }),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyList<string> Names { get; } = [.. Table.Keys.Append("attributes.NAME").Order(StringComparer.Ordinal)];

    public static Func<Order, string?, Order>? Find(string name)
    {
        if (Table.TryGetValue(name, out var write))
        {
            return write;
        }

        const string Attributes = "attributes.";
        return name.StartsWith(Attributes, StringComparison.Ordinal) && name.Length > Attributes.Length
            ? (order, value) => WithAttribute(order, name[Attributes.Length..], value)
            : null;
    }

    private static Func<Order, string?, Order> Ship(Func<Address, string?, Address> write) =>
        (order, value) => order with { ShipTo = write(order.ShipTo ?? new Address(), value) };

    private static Order WithAttribute(Order order, string key, string? value)
    {
        Dictionary<string, string> attributes = new(order.Attributes);
        if (value is null)
        {
            attributes.Remove(key);
        }
        else
        {
            attributes[key] = value;
        }

        return order with { Attributes = attributes };
    }
}
