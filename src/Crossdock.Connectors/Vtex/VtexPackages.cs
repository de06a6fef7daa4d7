using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>The packages of an order. In VTEX a package is an invoice notification: Output is a parcel, Input a return.</summary>
internal sealed class VtexPackages
{
    private readonly List<Fulfilment> outputs = [];
    private readonly List<Refund> inputs = [];
    private readonly Dictionary<string, decimal> sentOf = new(StringComparer.Ordinal);

    internal VtexPackages(JsonFields fields, JsonElement root, IReadOnlyList<LineItem> lines, IReadOnlyList<decimal> multipliers, VtexMoney money, Dictionary<string, string> attributes)
    {
        int index = 0;
        Dictionary<string, decimal> backOf = new(StringComparer.Ordinal);
        foreach (var package in JsonFields.Items(JsonFields.Block(root, "packageAttachment"), "packages"))
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"/packageAttachment/packages/{index++}");
            string id = JsonFields.Text(package, "invoiceNumber") ?? index.ToString(CultureInfo.InvariantCulture);
            var contents = Contents(fields, package, place, lines, multipliers);
            bool isReturn = JsonFields.Text(package, "type") == "Input";
            foreach (var part in contents)
            {
                var count = isReturn ? backOf : sentOf;
                count[part.LineId] = count.GetValueOrDefault(part.LineId) + part.Quantity;
            }

            if (isReturn)
            {
                inputs.Add(Return(fields, package, place, id, contents, money));
            }
            else
            {
                outputs.Add(Parcel(fields, package, place, id, contents));
            }

            Keep(package, id, isReturn, attributes);
        }

        // A return is made after everything was invoiced; without its lines nobody can say that all came back.
        IsAllBack = inputs.Count > 0 && lines.Count > 0 && lines.All(line => backOf.GetValueOrDefault(line.Id) >= line.Quantity);
        Sent = outputs.Count == 0 ? FulfilmentStatus.Unfulfilled
            : sentOf.Count == 0 || lines.All(line => sentOf.GetValueOrDefault(line.Id) >= line.Quantity) ? FulfilmentStatus.Fulfilled : FulfilmentStatus.PartiallyFulfilled;
    }

    internal IReadOnlyList<Fulfilment> Outputs => outputs;

    internal IReadOnlyList<Refund> Inputs => inputs;

    internal FulfilmentStatus Sent { get; }

    internal bool IsAllBack { get; }

    internal bool IsAllDelivered => outputs.Count > 0 && outputs.All(parcel => parcel.ShipmentStatus == "delivered");

    internal bool HasTracking => outputs.Exists(parcel => parcel.TrackingNumbers.Count > 0);

    internal decimal GivenBack => inputs.Sum(refund => refund.Amount.Amount);

    internal FulfilmentStatus Of(LineItem line) => sentOf.GetValueOrDefault(line.Id) is var sent && sent <= 0 ? FulfilmentStatus.Unfulfilled
        : sent < line.Quantity ? FulfilmentStatus.PartiallyFulfilled : FulfilmentStatus.Fulfilled;

    private static Fulfilment Parcel(JsonFields fields, JsonElement package, string place, string id, List<PackageLine> contents)
    {
        var courier = JsonFields.Block(package, "courierStatus");
        string? number = JsonFields.Text(package, "trackingNumber");
        string? address = JsonFields.Text(package, "trackingUrl");
        return new()
        {
            Id = id,
            Status = "invoiced",
            // The order's status never becomes "delivered": this flag is the only sign.
            ShipmentStatus = JsonFields.Flag(courier, "finished") == true ? "delivered" : JsonFields.Text(courier, "status"),
            At = fields.Time(package, "issuanceDate", place),
            Carrier = JsonFields.Text(package, "courier"),
            TrackingNumbers = number is null ? [] : [number],
            TrackingUrls = address is null ? [] : [address],
            Lines = contents,
        };
    }

    private static Refund Return(JsonFields fields, JsonElement package, string place, string id, List<PackageLine> contents, VtexMoney money)
    {
        var refund = JsonFields.Block(JsonFields.Block(package, "restitutions"), "Refund");
        var amount = money.Read(refund, "value", place + "/restitutions/Refund") ?? money.Read(package, "invoiceValue", place) ?? money.Zero;
        return new()
        {
            Id = id,
            At = fields.Time(package, "issuanceDate", place),
            Amount = amount with { Amount = Math.Abs(amount.Amount) },
            Reason = JsonFields.Items(refund, "items").Select(item => JsonFields.Text(item, "description")).FirstOrDefault(text => text is not null),
            Lines = [.. contents.Select(part => new RefundLine(part.LineId, part.Quantity, null, "return"))],
        };
    }

    private static List<PackageLine> Contents(JsonFields fields, JsonElement package, string place, IReadOnlyList<LineItem> lines, IReadOnlyList<decimal> multipliers)
    {
        List<PackageLine> contents = [];
        int entry = 0;
        foreach (var item in JsonFields.Items(package, "items"))
        {
            string here = string.Create(CultureInfo.InvariantCulture, $"{place}/items/{entry++}");
            if (fields.Number(item, "itemIndex", here) is { } number && number >= 0 && number < lines.Count && fields.Number(item, "quantity", here) is { } quantity)
            {
                contents.Add(new(lines[(int)number].Id, quantity * multipliers[(int)number]));
            }
        }

        return contents;
    }

    // embeddedInvoice is a whole XML document with the buyer's data: not kept.
    private static void Keep(JsonElement package, string id, bool isReturn, Dictionary<string, string> attributes)
    {
        string prefix = $"{(isReturn ? "return" : "package")}.{id}.";
        foreach (string name in (ReadOnlySpan<string>)["invoiceKey", "invoiceUrl", "invoiceValue", "volumes", "cfop"])
        {
            if (JsonFields.Text(package, name) is { } value)
            {
                attributes[prefix + name] = value;
            }
        }

        if (JsonFields.Text(JsonFields.Block(package, "courierStatus"), "deliveredDate") is { } delivered)
        {
            attributes[prefix + "deliveredDate"] = delivered;
        }

        if (JsonFields.Anything(JsonFields.Get(JsonFields.Block(package, "courierStatus"), "data")) is { } events)
        {
            attributes[prefix + "events"] = events;
        }
    }
}
