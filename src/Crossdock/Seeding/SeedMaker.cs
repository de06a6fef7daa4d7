using System.Globalization;
using Crossdock.Model.Orders;

namespace Crossdock.Seeding;

/// <summary>Makes orders up, each from its place alone: the same plan gives the same orders, whoever makes which of them. Pure.</summary>
internal sealed class SeedMaker(SeedPlan plan, DateTimeOffset now)
{
    // Rises through the year, by half as much again.
    private const double Growth = 0.5;

    /// <summary>One order with where it stands.</summary>
    public SeededOrder Make(int place)
    {
        var chance = new Random(unchecked((plan.Seed * 1_000_003) + place));
        int storeIndex = Store(chance.NextDouble() * SeedPlan.Stores.Sum(one => one.Share));
        var store = SeedPlan.Stores[storeIndex];
        var arrivedAt = ArrivedAt(place);
        var age = now - arrivedAt;
        var where = SeedWords.Places[store.Currency switch { "EUR" => 6 + chance.Next(2), "PLN" => 8, "USD" => 9, _ => chance.Next(10) < 5 ? 0 : chance.Next(6) }];
        string name = SeedWords.Given[chance.Next(SeedWords.Given.Length)] + " " + SeedWords.Family[chance.Next(SeedWords.Family.Length)];
        string mail = $"{Rules(name)}{chance.Next(10_000).ToString(CultureInfo.InvariantCulture)}@example.{(chance.Next(3) == 0 ? "org" : "com")}";
        string phone = where.Dial + chance.Next(10_000_000, 99_999_999).ToString(CultureInfo.InvariantCulture);
        bool isSilent = chance.Next(50) == 0;      // a sale at the counter: nobody's name
        var (lines, total, grams, tax, shipping) = Lines(chance, store);
        var stand = Stand(chance, store, age);
        string external = store.Platform == "woocommerce" ? (100_000 + place).ToString(CultureInfo.InvariantCulture) : (6_000_000_000_000 + ((long)place * 7)).ToString(CultureInfo.InvariantCulture);
        var shipTo = new Address
        {
            Name = name, Line1 = $"{SeedWords.Streets[chance.Next(SeedWords.Streets.Length)]} {chance.Next(1, 2000).ToString(CultureInfo.InvariantCulture)}", City = where.City, Region = where.Region, RegionName = where.RegionName, Postcode = where.Postcode, Country = where.Country, Phone = phone,
        };
        DateTimeOffset? placedAt = chance.Next(200) == 0 ? null : arrivedAt.AddSeconds(-chance.Next(2, 240));
        bool isShipped = stand.State is OrderState.InShipment or OrderState.Delivered or OrderState.Closed;
        string tracking = $"AX{chance.Next(100_000_000, 999_999_999).ToString(CultureInfo.InvariantCulture)}CL";
        var order = new Order
        {
            ExternalId = external, Number = store.Prefix + (1000 + place).ToString(CultureInfo.InvariantCulture), State = stand.State is OrderState.AwaitingPayment or OrderState.Cancelled ? stand.State : OrderState.New, PaymentStatus = stand.Payment,
            FulfilmentStatus = isShipped ? (stand.State is OrderState.InShipment ? FulfilmentStatus.Fulfilled : FulfilmentStatus.Delivered) : FulfilmentStatus.Unfulfilled, PlatformStatus = EnumNames<PaymentStatus>.Of(stand.Payment), PlacedAt = placedAt,
            PaidAt = stand.Payment is PaymentStatus.Paid ? placedAt ?? arrivedAt : null, CancelledAt = stand.State is OrderState.Cancelled ? arrivedAt.AddHours(3) : null, Channel = chance.Next(8) == 0 ? "marketplace" : "web", Currency = store.Currency,
            Totals = new OrderTotals { Total = new Money(total, store.Currency), Tax = new Money(tax, store.Currency), Shipping = new Money(shipping, store.Currency), Subtotal = new Money(total - shipping, store.Currency), TaxesIncluded = true },
            Customer = isSilent ? null : new Customer { Name = name, Email = mail, Phone = phone }, ShipTo = isSilent ? shipTo with { Name = null } : shipTo, BillTo = null, Lines = lines,
            Shipping = [new ShippingLine { Title = "Courier to the door", Code = "door", Total = new Money(shipping, store.Currency) }],
            Payments = [new Payment { Method = stand.Payment is PaymentStatus.CashOnDelivery ? "cod" : "card", Status = stand.Payment, Amount = new Money(total, store.Currency) }],
            Fulfilments = isShipped ? [new Fulfilment { Id = external + "-1", Status = "success", Carrier = SeedWords.Carriers[0], TrackingNumbers = [tracking], At = arrivedAt.AddHours(20) }] : [],
            Packages = [new Package { Number = 1, Lines = [.. lines.Select(line => new PackageLine(line.Id, line.Quantity))], WeightGrams = grams }], WeightGrams = grams,
            Tags = chance.Next(12) switch { 0 => ["gift"], 1 => ["vip"], 2 => ["gift", "first-order"], _ => [] }, Note = chance.Next(20) == 0 ? "Please ring twice." : null,
        };
        return new SeededOrder(storeIndex, order, stand.State, stand.Hold, stand.Delivery, stand.Refusal, arrivedAt, isShipped ? tracking : null, chance.Next(120, 2_400));
    }

    /// <summary>When an order arrived: later ones later, more of them lately, none in the future.</summary>
    public DateTimeOffset ArrivedAt(int place)
    {
        // The share of the year gone when this share of the orders has come; the inverse of a rate that rises evenly.
        double share = (place + 0.5) / plan.Orders, whole = 1 + (Growth / 2);
        double gone = (Math.Sqrt(1 + (2 * Growth * whole * share)) - 1) / Growth;
        return now - TimeSpan.FromDays(plan.Days * (1 - gone)) - TimeSpan.FromSeconds(5);
    }

    private static Standing Stand(Random chance, SeedStore store, TimeSpan age)
    {
        int draw = chance.Next(10_000);
        var payment = chance.Next(10) switch { 0 => PaymentStatus.CashOnDelivery, 1 when store.Currency == "CLP" => PaymentStatus.Authorized, _ => PaymentStatus.Paid };
        if (draw < 350)
        {
            return new(OrderState.Cancelled, chance.Next(2) == 0 ? PaymentStatus.Voided : PaymentStatus.Refunded, null, null, null);
        }

        if (draw < 700)
        {
            return new(OrderState.Excluded, payment, null, null, null);
        }

        if (draw < 708)
        {
            return new(OrderState.Approved, payment, null, Delivery.DeliveryState.Dead, SeedWords.Refusals[chance.Next(SeedWords.Refusals.Length)]);
        }

        if (draw < 720)
        {
            return new(OrderState.Approved, payment, SeedWords.Reasons[chance.Next(SeedWords.Reasons.Length)], null, null);
        }

        if (age < TimeSpan.FromHours(6) && draw < 2_000)
        {
            return store.Key == "seed-wholesale" || draw < 900 ? new(OrderState.AwaitingApproval, payment, null, null, null)
                : draw < 1_400 ? new(OrderState.AwaitingPayment, PaymentStatus.Pending, null, null, null) : new(OrderState.Approved, payment, null, Delivery.DeliveryState.Waiting, null);
        }

        return age.TotalDays switch
        {
            < 1 => new(OrderState.Processing, payment, null, Delivery.DeliveryState.Delivered, null),
            < 4 => new(draw % 4 == 0 ? OrderState.Processing : OrderState.InShipment, payment, null, Delivery.DeliveryState.Delivered, null),
            < 30 => new(draw % 9 == 0 ? OrderState.InShipment : OrderState.Delivered, payment, null, Delivery.DeliveryState.Delivered, null),
            _ => new(draw % 3 == 0 ? OrderState.Closed : OrderState.Delivered, payment is PaymentStatus.Paid && draw % 40 == 0 ? PaymentStatus.PartiallyRefunded : payment, null, Delivery.DeliveryState.Delivered, null),
        };
    }

    private static (List<LineItem> Lines, decimal Total, long Grams, decimal Tax, decimal Shipping) Lines(Random chance, SeedStore store)
    {
        decimal rate = store.Currency switch { "CLP" => 1m, "PLN" => 0.0044m, "USD" => 0.0011m, _ => 0.001m }, total = 0;
        int digits = Currencies.MinorDigits(store.Currency), count = 1 + (int)(chance.NextDouble() * chance.NextDouble() * 5);
        long grams = 0;
        var lines = new List<LineItem>(count);
        for (int i = 0; i < count; i++)
        {
            var good = SeedWords.Goods[chance.Next(SeedWords.Goods.Length)];
            int quantity = chance.Next(6) == 0 ? chance.Next(2, 6) : 1;
            decimal price = Math.Round(good.Price * rate, digits);
            lines.Add(new LineItem
            {
                Id = (i + 1).ToString(CultureInfo.InvariantCulture), Sku = good.Sku, Name = good.Name, Quantity = quantity, CurrentQuantity = quantity, UnitPrice = new Money(price, store.Currency),
                Subtotal = new Money(price * quantity, store.Currency), Total = new Money(price * quantity, store.Currency), WeightGrams = good.Grams,
            });
            total += price * quantity;
            grams += (long)good.Grams * quantity;
        }

        decimal shipping = Math.Round(4_990 * rate, digits);
        return (lines, total + shipping, grams, Math.Round((total + shipping) * 0.19m / 1.19m, digits), shipping);
    }

    private static int Store(double draw)
    {
        int index = 0;
        for (; index < SeedPlan.Stores.Count - 1 && draw >= SeedPlan.Stores[index].Share; index++)
        {
            draw -= SeedPlan.Stores[index].Share;
        }

        return index;
    }

    private static string Rules(string name) => string.Concat(Orders.OrderWords.Plain(name).Where(letter => char.IsAsciiLetter(letter) || letter == ' ')).Replace(' ', '.');

    private sealed record Standing(OrderState State, PaymentStatus Payment, string? Hold, Delivery.DeliveryState? Delivery, string? Refusal);
}

/// <summary>A made-up order and where it stands.</summary>
/// <param name="Store">Which of the plan's stores.</param>
/// <param name="Order">The canonical order.</param>
/// <param name="State">Its state in the hub.</param>
/// <param name="Hold">Why it is held; null when it is not.</param>
/// <param name="Delivery">How its deliveries stand; null for none.</param>
/// <param name="Refusal">What the destination said last.</param>
/// <param name="ArrivedAt">When the hub first knew it, UTC.</param>
/// <param name="Tracking">Its tracking number; null before it is shipped.</param>
/// <param name="ElapsedMs">How long the destination's answer took.</param>
internal sealed record SeededOrder(int Store, Order Order, OrderState State, string? Hold, Delivery.DeliveryState? Delivery, string? Refusal, DateTimeOffset ArrivedAt, string? Tracking, int ElapsedMs);
