using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    private void ReadFulfilments()
    {
        fulfilments = null;
        if (!cursor.EnterArray(matters: true))
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (cursor.EnterObject())
            {
                (fulfilments ??= []).Add(ReadFulfilment(out _, keepOddities: true));
            }
        }
    }

    /// <summary>The body of a fulfilment topic; null when it is no object.</summary>
    internal Fulfilment? ReadFulfilmentBody(out string? order)
    {
        order = null;
        cursor.Start();
        if (!cursor.EnterObject())
        {
            return null;
        }
        var read = ReadFulfilment(out order, keepOddities: false);
        cursor.Finish();
        return read;
    }

    private Fulfilment ReadFulfilment(out string? order, bool keepOddities)
    {
        order = null;
        (string? fulfilmentId, string? label, string? status, string? shipmentStatus, string? carrier, string? service, string? location) = (null, null, null, null, null, null, null);
        (string? number, string? url) = (null, null);
        DateTimeOffset? at = null;
        List<string>? numbers = null, urls = null;
        List<PackageLine>? sent = null;
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: fulfilmentId = cursor.Text(); break;
                case Field.OrderId: order = cursor.Text(); break;
                case Field.Name: label = cursor.Text(); break;
                case Field.Status: status = cursor.Word(); break;
                case Field.ShipmentStatus: shipmentStatus = cursor.Word(); break;
                case Field.TrackingCompany: carrier = cursor.Word(); break;
                case Field.Service: service = cursor.Word(); break;
                case Field.LocationId: location = cursor.Word(); break;
                case Field.CreatedAt: at = cursor.Time()?.ToUniversalTime(); break;
                case Field.TrackingNumber: number = cursor.Text(); break;
                case Field.TrackingUrl: url = cursor.Text(); break;
                case Field.TrackingNumbers: numbers = ReadTexts(); break;
                case Field.TrackingUrls: urls = ReadTexts(); break;
                case Field.LineItems: sent = ReadPackageLines(); break;
                default: cursor.Skip(); break;
            }
        }
        if (keepOddities)
        {
            Keep($"fulfilment.{fulfilmentId}.name", label);
            Keep($"fulfilment.{fulfilmentId}.location_id", location);
            Keep($"fulfilment.{fulfilmentId}.service", service == "manual" ? null : service);
        }
        return new Fulfilment
        {
            Id = fulfilmentId ?? "",
            Status = status,
            ShipmentStatus = shipmentStatus,
            At = at,
            Carrier = carrier,
            TrackingNumbers = numbers ?? (number is null ? [] : [number]),
            TrackingUrls = urls ?? (url is null ? [] : [url]),
            Lines = sent ?? (IReadOnlyList<PackageLine>)[],
        };
    }

    private List<string>? ReadTexts()
    {
        List<string>? texts = null;
        if (!cursor.EnterArray())
        {
            return null;
        }
        while (cursor.NextElement())
        {
            if (cursor.Text() is { } text)
            {
                (texts ??= []).Add(text);
            }
        }
        return texts;
    }

    private List<PackageLine>? ReadPackageLines()
    {
        List<PackageLine>? read = null;
        if (!cursor.EnterArray())
        {
            return null;
        }
        while (cursor.NextElement())
        {
            if (!cursor.EnterObject())
            {
                continue;
            }
            (string? line, decimal? quantity) = (null, null);
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Id: line = cursor.Text(); break;
                    case Field.Quantity: quantity = cursor.Amount(); break;
                    default: cursor.Skip(); break;
                }
            }
            (read ??= []).Add(new PackageLine(line ?? "", quantity ?? 0m));
        }
        return read;
    }
}
