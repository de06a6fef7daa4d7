using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    private (decimal? Shop, decimal? Presentment, string? ShopCurrency, string? PresentmentCurrency) ReadMoneySet()
    {
        (decimal? shop, decimal? presentment, string? shopCurrency, string? buyersCurrency) = (null, null, null, null);
        if (!cursor.EnterObject())
        {
            return default;
        }
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.ShopMoney: shop = ReadMoney(out shopCurrency); break;
                case Field.PresentmentMoney: presentment = ReadMoney(out buyersCurrency); break;
                default: cursor.Skip(); break;
            }
        }
        return (shop, presentment, shopCurrency, buyersCurrency);
    }

    private decimal? ReadMoney(out string? code)
    {
        code = null;
        decimal? amount = null;
        if (!cursor.EnterObject())
        {
            return null;
        }
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Amount: amount = cursor.Amount(); break;
                case Field.CurrencyCode: code = cursor.Word(); break;
                default: cursor.Skip(); break;
            }
        }
        return amount;
    }

    private List<TaxLine>? ReadTaxes(out decimal? sum, bool ofOrder = false)
    {
        sum = null;
        List<TaxLine>? read = null;
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
            (string? title, decimal? rate, decimal? price) = (null, null, null);
            bool isChannelLiable = false;
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Title: title = cursor.Word(); break;
                    case Field.Rate: rate = cursor.Amount(); break;
                    case Field.Price: price = cursor.Amount(); break;
                    case Field.ChannelLiable: isChannelLiable = cursor.Flag() ?? false; break;
                    default: cursor.Skip(); break;
                }
            }
            if (ofOrder && isChannelLiable)
            {
                channelLiableTax = (channelLiableTax ?? 0m) + (price ?? 0m);      // the marketplace pays it, not the shop
            }
            sum = (sum ?? 0m) + (price ?? 0m);
            (read ??= new List<TaxLine>(2)).Add(new TaxLine(title ?? "Tax", rate, new Money(price ?? 0m, Currency)));
        }
        return read;
    }

    private void ReadDiscountCodes()
    {
        codes = null;
        if (!cursor.EnterArray())
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (!cursor.EnterObject())
            {
                continue;
            }
            (string? code, decimal? amount, string? kind) = (null, null, null);
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Code: code = cursor.Text(); break;
                    case Field.Amount: amount = cursor.Amount(); break;
                    case Field.Type: kind = cursor.Word(); break;
                    default: cursor.Skip(); break;
                }
            }
            (codes ??= []).Add((code, amount, kind));
        }
    }

    private void ReadDiscountApplications()
    {
        applications = null;
        if (!cursor.IsArray)
        {
            cursor.Skip();
            return;
        }
        // Read twice: once for the amounts, once as it stands, because what an application is made of differs by its type.
        var again = cursor;
        if (again.Raw() is var json && json != "[]")
        {
            Keep("discount_applications", json);
        }
        cursor.EnterArray();
        while (cursor.NextElement())
        {
            if (!cursor.EnterObject())
            {
                (applications ??= []).Add(default);
                continue;
            }
            (string? code, string? title, string? description, string? kind) = (null, null, null, null);
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Code: code = cursor.Text(); break;
                    case Field.Title: title = cursor.Text(); break;
                    case Field.Description: description = cursor.Text(); break;
                    case Field.ValueType: kind = cursor.Word(); break;
                    default: cursor.Skip(); break;
                }
            }
            (applications ??= []).Add((code, title ?? description, kind));
        }
    }

    /// <summary>A line's allocations; their sum, and each added to its application's.</summary>
    private decimal? ReadAllocations()
    {
        decimal? sum = null;
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
            (decimal amount, int index) = (0m, -1);
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Amount: amount = cursor.Amount() ?? 0m; break;
                    case Field.DiscountApplicationIndex: index = cursor.Amount() is >= 0 and < 1000 and var place ? (int)place : -1; break;
                    default: cursor.Skip(); break;
                }
            }
            sum = (sum ?? 0m) + amount;
            if (index >= 0)
            {
                if (allocated is null || allocated.Length <= index)
                {
                    Array.Resize(ref allocated, index + 4);
                }
                allocated[index] += amount;
            }
        }
        return sum;
    }

    private readonly List<Discount> Discounts()
    {
        var read = new List<Discount>();
        for (int i = 0; i < (applications?.Count ?? 0); i++)
        {
            var (code, title, kind) = applications![i];
            var byCode = code is null ? default : codes?.Find(known => string.Equals(known.Code, code, StringComparison.OrdinalIgnoreCase)) ?? default;
            decimal? amount = allocated is not null && i < allocated.Length && allocated[i] != 0m ? allocated[i] : byCode.Amount;
            read.Add(new Discount(code, byCode.Kind ?? kind, title, Of(amount)));
        }
        foreach (var (code, amount, kind) in codes ?? [])
        {
            if (!read.Exists(known => string.Equals(known.Code, code, StringComparison.OrdinalIgnoreCase)))
            {
                read.Add(new Discount(code, kind, null, Of(amount)));
            }
        }
        return read;
    }

    private void ReadGateways()
    {
        gateways = null;
        if (!cursor.EnterArray())
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (cursor.Word() is { } method)
            {
                (gateways ??= []).Add(method);
            }
        }
    }
}
