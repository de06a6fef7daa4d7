using System.Collections.Frozen;
using System.Globalization;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Edits;

/// <summary>All fields that a person may change. Money, states and payments are not among them: they are the shop's. Packages are the rules'.</summary>
public static class EditableFields
{
    private const string OfLine = "lines.";
    private const string OfAttribute = "attributes.";

    private static readonly IReadOnlyList<EditableField> Fixed =
    [
        .. OfAddress("shipTo", "delivery", matters: true, order => order.ShipTo, (order, address) => order with { ShipTo = address }),
        .. OfAddress("billTo", "invoice", matters: false, order => order.BillTo, (order, address) => order with { BillTo = address }),
        OfCustomer("name", "customer's name", EditableKind.Text, customer => customer.Name, (customer, value) => customer with { Name = value }),
        OfCustomer("email", "customer's e-mail", EditableKind.Email, customer => customer.Email, (customer, value) => customer with { Email = value }),
        OfCustomer("phone", "customer's phone", EditableKind.Phone, customer => customer.Phone, (customer, value) => customer with { Phone = value }),
        OfCustomer("taxId", "customer's tax number", EditableKind.Text, customer => customer.TaxId, (customer, value) => customer with { TaxId = value }),
        new("shipping.title", "shipping method", EditableKind.Text, true, order => order.Shipping.Count == 0 ? null : order.Shipping[0].Title, (order, value) => Shipping(order, value, line => line with { Title = value ?? line.Title })) { IsRequired = true },
        new("shipping.code", "code of the shipping method", EditableKind.Text, true, order => order.Shipping.Count == 0 ? null : order.Shipping[0].Code, (order, value) => order.Shipping.Count == 0 ? order : Shipping(order, value, line => line with { Code = value })),
        new("note", "note", EditableKind.Paragraph, true, order => order.Note, (order, value) => order with { Note = value }),
        new("tags", "tags", EditableKind.Tags, false, order => order.Tags.Count == 0 ? null : string.Join(", ", order.Tags), (order, value) => order with { Tags = Split(value) }),
    ];

    private static readonly FrozenDictionary<string, EditableField> Table = Fixed.ToFrozenDictionary(field => field.Path, StringComparer.Ordinal);

    /// <summary>Names for documents and errors.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Fixed.Select(field => field.Path), "lines.ID.quantity", "lines.ID.sku", "lines.ID.excluded", "attributes.NAME"];

    /// <summary>Those that this order has, as a form shows them.</summary>
    public static IReadOnlyList<EditableField> Of(Order order) =>
    [
        .. Fixed,
        .. order.Lines.SelectMany(line => new[] { Find($"{OfLine}{line.Id}.quantity")!, Find($"{OfLine}{line.Id}.sku")!, Find($"{OfLine}{line.Id}.excluded")! }),
        .. order.Attributes.Keys.Order(StringComparer.Ordinal).Select(name => Find(OfAttribute + name)!),
    ];

    /// <summary>Null when there is no such field, or nobody may change it.</summary>
    public static EditableField? Find(string path)
    {
        if (Table.TryGetValue(path, out var known))
        {
            return known;
        }

        if (path.StartsWith(OfAttribute, StringComparison.Ordinal) && path.Length > OfAttribute.Length)
        {
            string name = path[OfAttribute.Length..];
            return new(path, $"attribute {name}", EditableKind.Text, false, order => order.Attributes.GetValueOrDefault(name), (order, value) => WithAttribute(order, name, value));
        }

        int end = path.LastIndexOf('.');
        if (!path.StartsWith(OfLine, StringComparison.Ordinal) || end <= OfLine.Length)
        {
            return null;
        }

        string id = path[OfLine.Length..end];
        return path[(end + 1)..] switch
        {
            "quantity" => new(path, $"quantity of line {id}", EditableKind.Quantity, true, order => Line(order, id) is { } line ? Number(line.CurrentQuantity) : null,
                (order, value) => WithLine(order, id, line => value is null ? line : line with { CurrentQuantity = decimal.Parse(value, CultureInfo.InvariantCulture) })) { IsRequired = true },
            "sku" => new(path, $"SKU of line {id}", EditableKind.Text, true, order => Line(order, id)?.Sku, (order, value) => WithLine(order, id, line => line with { Sku = value })),
            "excluded" => new(path, $"leaving out of line {id}", EditableKind.Reason, true, order => Line(order, id)?.ExcludedBecause, (order, value) => WithLine(order, id, line => line with { ExcludedBecause = value })),
            _ => null,
        };
    }

    /// <summary>The label with the line's SKU or name in place of its id, where the order has that line.</summary>
    public static string Label(EditableField field, Order order)
    {
        int end = field.Path.LastIndexOf('.');
        return field.Group == "lines" && Line(order, field.Path[OfLine.Length..end]) is { } line
            ? field.Label[..field.Label.LastIndexOf("line ", StringComparison.Ordinal)] + (line.Sku ?? line.Name)
            : field.Label;
    }

    internal static string Number(decimal value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    internal static IReadOnlyList<string> Split(string? tags) =>
        [.. (tags ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<EditableField> OfAddress(string of, string words, bool matters, Func<Order, Address?> read, Func<Order, Address, Order> write)
    {
        yield return Part("name", "name", address => address.Name, (address, value) => address with { Name = value });
        yield return Part("firstName", "first name", address => address.FirstName, (address, value) => address with { FirstName = value });
        yield return Part("lastName", "last name", address => address.LastName, (address, value) => address with { LastName = value });
        yield return Part("company", "company", address => address.Company, (address, value) => address with { Company = value });
        yield return Part("line1", "street", address => address.Line1, (address, value) => Moved(address with { Line1 = value }));
        yield return Part("houseNumber", "house number", address => address.HouseNumber, (address, value) => Moved(address with { HouseNumber = value }));
        yield return Part("line2", "second address line", address => address.Line2, (address, value) => address with { Line2 = value });
        yield return Part("district", "district", address => address.District, (address, value) => Moved(address with { District = value }));
        yield return Part("postcode", "postcode", address => address.Postcode, (address, value) => Moved(address with { Postcode = value }));
        yield return Part("city", "city", address => address.City, (address, value) => Moved(address with { City = value }));
        yield return Part("country", "country", address => address.Country, (address, value) => Moved(address with { Country = value }), EditableKind.Country);
        // The name in words goes with the code; who wants another one changes it too.
        yield return Part("region", "region", address => address.Region,
            (address, value) => Moved(address with { Region = value, RegionName = Regions.Find(address.Country ?? "", value)?.Name ?? (value is null ? address.RegionName : null) }), EditableKind.Region);
        yield return Part("regionName", "region in words", address => address.RegionName, (address, value) => address with { RegionName = value });
        yield return Part("phone", "phone", address => address.Phone, (address, value) => address with { Phone = value }, EditableKind.Phone);
        yield return Part("email", "e-mail", address => address.Email, (address, value) => address with { Email = value }, EditableKind.Email);

        // The place on the map was that of the former address.
        static Address Moved(Address address) => address with { Latitude = null, Longitude = null };

        EditableField Part(string name, string label, Func<Address, string?> get, Func<Address, string?, Address> set, EditableKind kind = EditableKind.Text) => new(
            $"{of}.{name}", $"{words} {label}", kind, matters,
            order => read(order) is { } address ? get(address) : null,
            (order, value) => value == (read(order) is { } same ? get(same) : null) ? order : write(order, set(read(order) ?? new Address(), value)));
    }

    private static EditableField OfCustomer(string name, string label, EditableKind kind, Func<Customer, string?> get, Func<Customer, string?, Customer> set) => new(
        $"customer.{name}", label, kind, name == "phone",
        order => order.Customer is { } customer ? get(customer) : null,
        (order, value) => value is null && order.Customer is null ? order : order with { Customer = set(order.Customer ?? new Customer(), value) });

    private static Order Shipping(Order order, string? value, Func<ShippingLine, ShippingLine> change) => order with
    {
        Shipping = order.Shipping.Count == 0 ? value is null ? [] : [new ShippingLine { Title = value }] : [change(order.Shipping[0]), .. order.Shipping.Skip(1)],
    };

    private static LineItem? Line(Order order, string id) => order.Lines.FirstOrDefault(line => line.Id == id);

    private static Order WithLine(Order order, string id, Func<LineItem, LineItem> change) =>
        Line(order, id) is null ? order : order with { Lines = [.. order.Lines.Select(line => line.Id == id ? change(line) : line)] };

    private static Order WithAttribute(Order order, string name, string? value)
    {
        Dictionary<string, string> attributes = new(order.Attributes, StringComparer.Ordinal);
        if (value is null)
        {
            attributes.Remove(name);
        }
        else
        {
            attributes[name] = value;
        }

        return order with { Attributes = attributes };
    }
}
