using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

internal ref partial struct ShopifyOrderReader
{
    private void ReadLines()
    {
        lines = null;
        if (!cursor.EnterArray(matters: true))
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (cursor.EnterObject(matters: true))
            {
                (lines ??= new List<LineItem>(4)).Add(ReadLine());
            }
        }
    }

    private LineItem ReadLine()
    {
        (string? lineId, string? sku, string? title, string? fullName, string? variant, string? vendor, string? productId, string? variantId, string? group) = (null, null, null, null, null, null, null, null, null);
        (decimal? quantity, decimal? current, decimal? fulfillable, decimal? price, decimal? byHand, decimal? discount, decimal? lineTax, decimal? lineDuties, decimal? grams) = (null, null, null, null, null, null, null, null, null);
        (bool requiresShipping, bool isGiftCard) = (true, false);
        List<TaxLine>? lineTaxes = null;
        Dictionary<string, string>? odd = null;
        string? status = null;
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: lineId = cursor.Text(); break;
                case Field.Sku: sku = cursor.Text(); break;
                case Field.Title: title = cursor.Text(); break;
                case Field.Name: fullName = cursor.Text(); break;
                case Field.VariantTitle: variant = cursor.Text(); break;
                case Field.Vendor: vendor = cursor.Word(); break;
                case Field.ProductId: productId = cursor.Text(); break;
                case Field.VariantId: variantId = cursor.Text(); break;
                case Field.SalesLineItemGroupId: group = cursor.Text(); break;
                case Field.Quantity: quantity = cursor.Amount(); break;
                case Field.CurrentQuantity: current = cursor.Amount(); break;
                case Field.FulfillableQuantity: fulfillable = cursor.Amount(); break;
                case Field.Price: price = cursor.Amount(); break;
                case Field.TotalDiscount: byHand = cursor.Amount(); break;
                case Field.DiscountAllocations: discount = ReadAllocations(); break;
                case Field.TaxLines: lineTaxes = ReadTaxes(out lineTax); break;
                case Field.Duties: lineDuties = ReadDuties(); break;
                case Field.Grams: grams = cursor.Amount(); break;
                case Field.RequiresShipping: requiresShipping = cursor.Flag() ?? true; break;
                case Field.GiftCard: isGiftCard = cursor.Flag() ?? false; break;
                case Field.FulfillmentStatus: status = cursor.Word(); break;
                case Field.Properties: ReadPairs(ref odd, ""); break;
                case Field.FulfillmentService: KeepOdd(ref odd, "fulfillment_service", cursor.Word() is var service && service != "manual" ? service : null); break;
                case Field.ProductExists: KeepOdd(ref odd, "product_exists", cursor.Flag() == false ? "false" : null); break;
                case Field.Taxable: KeepOdd(ref odd, "taxable", cursor.Flag() == false ? "false" : null); break;
                case Field.AttributedStaffs: KeepOdd(ref odd, "attributed_staffs", cursor.Raw() is var staff && staff is not ("[]" or "null") ? staff : null); break;
                default: cursor.Skip(); break;
            }
        }
        decimal ordered = quantity ?? 1m;
        decimal left = current ?? ordered;
        KeepOdd(ref odd, "fulfillable_quantity", fulfillable is { } open && open != left ? Plain(open) : null);
        KeepOdd(ref odd, "total_discount", byHand is { } set && set != 0m ? Plain(set) : null);
        KeepOdd(ref odd, "duties", lineDuties is { } due && due != 0m ? Plain(due) : null);
        // Old payloads have no allocations; there the discount set by hand is all that is known.
        decimal off = discount ?? byHand ?? 0m;
        decimal? gross = price * ordered;
        string inCurrency = Currency;
        return new LineItem
        {
            Id = lineId ?? $"line-{(lines?.Count ?? 0) + 1}",
            Sku = sku,
            Name = title ?? fullName ?? sku ?? "",
            Variant = variant,
            Vendor = vendor,
            ProductId = productId,
            VariantId = variantId,
            Quantity = ordered,
            CurrentQuantity = left,
            UnitPrice = price is { } one ? new Money(one, inCurrency) : null,
            Subtotal = gross is { } before ? new Money(before, inCurrency) : null,
            Discount = off != 0m ? new Money(off, inCurrency) : null,
            Total = gross is { } after ? new Money(after - off, inCurrency) : null,
            Tax = lineTax is { } taxed ? new Money(taxed, inCurrency) : null,
            Taxes = lineTaxes ?? (IReadOnlyList<TaxLine>)[],
            WeightGrams = grams is > 0 ? (long)grams.Value : null,
            RequiresShipping = requiresShipping,
            IsGiftCard = isGiftCard,
            ParentId = group,
            FulfilmentStatus = ShopifyStates.Fulfilment(status) ?? FulfilmentStatus.Unfulfilled,
            Attributes = odd ?? Order.EmptyAttributes,
        };
    }

    private decimal? ReadDuties()
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
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.PriceSet: sum = (sum ?? 0m) + (ReadMoneySet().Shop ?? 0m); break;
                    default: cursor.Skip(); break;
                }
            }
        }
        return sum;
    }

    /// <summary>A list of <c>{ name, value }</c>, or the table that older payloads have in its place.</summary>
    private void ReadPairs(ref Dictionary<string, string>? into, string prefix)
    {
        if (cursor.IsObject)
        {
            while (cursor.Next(out string pair))
            {
                KeepOdd(ref into, prefix + pair, cursor.TextOrJson());
            }
            return;
        }
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
            (string? pair, string? value) = (null, null);
            while (cursor.Next(out Field field))
            {
                switch (field)
                {
                    case Field.Name: pair = cursor.Text(); break;
                    case Field.Value: value = cursor.TextOrJson(); break;
                    default: cursor.Skip(); break;
                }
            }
            if (pair is not null)
            {
                KeepPair(ref into, prefix + pair, value ?? "");
            }
        }
    }

    /// <summary>Carts may hold a name twice: the second is kept as <c>name#2</c>.</summary>
    private static void KeepPair(ref Dictionary<string, string>? into, string attribute, string value)
    {
        into ??= [];
        for (int copy = 2; !into.TryAdd(attribute, value) && copy < 100; copy++)
        {
            int mark = attribute.LastIndexOf('#');
            attribute = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(copy == 2 ? attribute : attribute[..mark])}#{copy}");
        }
    }

    private static void KeepOdd(ref Dictionary<string, string>? into, string attribute, string? value)
    {
        if (value is not null)
        {
            (into ??= [])[attribute] = value;
        }
    }

    private static string Plain(decimal value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void ReadShipping()
    {
        shipping = null;
        if (!cursor.EnterArray())
        {
            return;
        }
        while (cursor.NextElement())
        {
            if (cursor.EnterObject() && ReadShippingLine() is { } line)
            {
                (shipping ??= new List<ShippingLine>(1)).Add(line);
            }
        }
    }

    private ShippingLine? ReadShippingLine()
    {
        (string? lineId, string? title, string? code, string? source) = (null, null, null, null);
        (decimal? price, decimal? discounted, decimal? currently, decimal? lineTax, decimal? discount) = (null, null, null, null, null);
        Dictionary<string, string>? odd = null;
        bool isRemoved = false;
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: lineId = cursor.Text(); break;
                case Field.Title: title = cursor.Word(); break;
                case Field.Code: code = cursor.Word(); break;
                case Field.Source: source = cursor.Word(); break;
                case Field.Price: price = cursor.Amount(); break;
                case Field.DiscountedPrice: discounted = cursor.Amount(); break;
                case Field.CurrentDiscountedPriceSet: currently = ReadMoneySet().Shop; break;
                case Field.TaxLines: ReadTaxes(out lineTax); break;
                case Field.DiscountAllocations: discount = ReadAllocations(); break;
                case Field.IsRemoved: isRemoved = cursor.Flag() ?? false; break;
                case Field.CarrierIdentifier or Field.Phone or Field.RequestedFulfillmentServiceId: KeepOdd(ref odd, FieldTable.NameOf(field), cursor.Text()); break;
                default: cursor.Skip(); break;
            }
        }
        if (isRemoved)
        {
            return null;
        }
        decimal? after = discounted ?? price - (discount ?? 0m);
        KeepOdd(ref odd, "current_discounted_price", currently is { } now && now != after ? Plain(now) : null);
        string inCurrency = Currency;
        return new ShippingLine
        {
            Id = lineId,
            Title = title ?? code ?? "Shipping",
            Code = code,
            Carrier = source,
            Price = price is { } full ? new Money(full, inCurrency) : null,
            Total = after is { } net ? new Money(net, inCurrency) : null,
            Tax = lineTax is { } taxed ? new Money(taxed, inCurrency) : null,
            IsPickup = IsPickup(title) || IsPickup(code),
            Attributes = odd ?? Order.EmptyAttributes,
        };
    }

    private static bool IsPickup(string? words) => words is not null
        && (words.Contains("pickup", StringComparison.OrdinalIgnoreCase) || words.Contains("pick up", StringComparison.OrdinalIgnoreCase) || words.Contains("pick-up", StringComparison.OrdinalIgnoreCase)
            || words.Contains("retiro en", StringComparison.OrdinalIgnoreCase) || words.Contains("recoger en", StringComparison.OrdinalIgnoreCase));
}
