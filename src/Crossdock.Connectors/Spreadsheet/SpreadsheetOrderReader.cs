using System.Globalization;
using Crossdock.Model.Connectors;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;
using static Crossdock.Connectors.Spreadsheet.SpreadsheetColumns;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>The rows of one order, read once: the order, or everything that is wrong by cell.</summary>
internal sealed class SpreadsheetOrderReader(SpreadsheetSettings settings, FileHeadings headings, IReadOnlyList<FileRow> rows)
{
    private const int LongestText = 2000;
    private readonly Dictionary<string, int> places = Places(headings);
    private string currency = settings.Currency;

    internal List<CellProblem> Problems { get; } = [];

    /// <summary>Null when there are <see cref="Problems"/>.</summary>
    internal Order? Read()
    {
        foreach (var row in rows)
        {
            CheckTexts(row);
        }

        string? number = Text(Number);
        if (number is null)
        {
            Tell(Number, rows[0], "is missing: every row needs the number of its order");
        }
        else if (number.Length > 200)
        {
            Tell(Number, rows[0], "is longer than 200 characters");
        }

        foreach (string problem in headings.Problems)
        {
            Problems.Add(new CellProblem(rows[0].Number, null, null, null, problem));
        }

        CheckAgreement();
        ReadCurrency();
        var shipTo = new SpreadsheetAddress(this, settings).Read();
        var placed = Time(Date);
        var lines = Lines();
        var order = Build(number ?? "?", shipTo, placed, lines);
        return Problems.Count == 0 ? order : null;
    }

    /// <summary>The order's text in a column: that of its first row that has one.</summary>
    internal string? Text(string column) => Holder(column) is { } row ? At(row, column).Text : null;

    /// <summary>Tells what is wrong with the order's cell of a column.</summary>
    internal void Tell(string column, string because) => Tell(column, Holder(column) ?? rows[0], because);

    private void Tell(string column, FileRow row, string because)
    {
        int? place = places.TryGetValue(column, out int found) ? found : null;
        string? value = At(row, column).Text is { Length: > 0 } text ? text : null;
        Problems.Add(new CellProblem(row.Number, place, place is { } index ? headings.All[index].Text : null, value is { Length: > 200 } ? value[..200] : value, Sentence(column, value, because)));
    }

    // "Total '12.500' could be ..." reads well alone, in a list and in the report's one column.
    private static string Sentence(string column, string? value, string because) => value is null ? $"{column} {because}." : $"{column} '{(value.Length > 80 ? value[..80] + "…" : value)}' {because}.";

    private Order Build(string number, Address shipTo, (DateTimeOffset At, int? OffsetMinutes)? placed, List<LineItem> lines)
    {
        var shipping = Money(ShippingCost);
        var discount = Money(SpreadsheetColumns.Discount);
        var cod = Money(CashOnDelivery);
        decimal sum = lines.Sum(line => line.Total?.Amount ?? 0m) + (shipping?.Amount ?? 0m) - (discount?.Amount ?? 0m);
        var total = Money(Total) ?? (lines.Exists(line => line.Total is not null) && sum >= 0 ? new Money(sum, currency) : cod ?? Model.Orders.Money.Zero(currency));
        bool? isPaid = Flag(Paid);
        bool isCod = cod is { Amount: > 0 };
        var status = isPaid == true ? PaymentStatus.Paid : isCod ? PaymentStatus.CashOnDelivery : isPaid == false ? PaymentStatus.Pending : PaymentStatus.Unknown;
        if (isPaid == true && isCod)
        {
            Tell(CashOnDelivery, "stands beside an order that is paid: empty one of the two cells");
        }

        string? method = Text(PaymentMethod);
        long? grams = lines.Exists(line => line.WeightGrams is not null) ? Grams() : null;
        return new Order
        {
            ExternalId = number,
            Number = number,
            State = OrderState.New,
            PaymentStatus = status,
            PlacedAt = placed?.At,
            ShopOffsetMinutes = placed?.OffsetMinutes,
            Channel = Text(Channel),
            Currency = currency,
            Totals = new OrderTotals
            {
                Total = total,
                Subtotal = lines.TrueForAll(line => line.Total is not null) ? new Money(lines.Sum(line => line.Total!.Value.Amount), currency) : null,
                Shipping = shipping,
                Discount = discount,
                Outstanding = isCod ? cod : null,
                TaxesIncluded = true,
            },
            Customer = new Customer { Name = shipTo.Name, Email = shipTo.Email, Phone = shipTo.Phone, TaxId = Text(TaxId) },
            ShipTo = shipTo,
            Lines = lines,
            Shipping = Text(ShippingMethod) is { } title ? [new ShippingLine { Title = title, Price = shipping, Total = shipping }] : [],
            Payments = method is not null || isCod ? [new Payment { Method = isCod ? "cod" : Heading.Fold(method!), Title = method, Amount = isCod ? cod : null, Status = status }] : [],
            Note = Text(Notes),
            WeightGrams = grams,
            Attributes = Attributes(),
        };
    }

    private List<LineItem> Lines()
    {
        var lines = new List<LineItem>(rows.Count);
        foreach (var row in rows)
        {
            string id = (lines.Count + 1).ToString(CultureInfo.InvariantCulture);
            string? sku = Own(row, Sku), name = Own(row, Description);
            decimal quantity = Decimal(Quantity, row, isWhole: true) ?? 1m;
            if (quantity is <= 0 or > 1_000_000)
            {
                Tell(Quantity, row, "must be above 0 and at most 1000000");
            }

            decimal? price = Decimal(UnitPrice, row, SpreadsheetValues.HasNoDecimals(currency)), lineTotal = Decimal(LineTotal, row, SpreadsheetValues.HasNoDecimals(currency));
            foreach (var (column, _) in new[] { (UnitPrice, price), (LineTotal, lineTotal) }.Where(one => one.Item2 < 0))
            {
                Tell(column, row, "must not be negative");
            }

            decimal? subtotal = price * Math.Clamp(quantity, 0, 1_000_000);
            long? weight = RowGrams(row);
            lines.Add(new LineItem
            {
                Id = id,
                Sku = sku,
                Name = name ?? sku ?? "Goods",
                Quantity = quantity,
                CurrentQuantity = quantity,
                UnitPrice = price is { } one ? new Money(one, currency) : null,
                Subtotal = subtotal is { } all ? new Money(all, currency) : null,
                Total = (lineTotal ?? subtotal) is { } paid ? new Money(paid, currency) : null,
                // Of one, as the model has it; the order's own weight is the rows' sum, unrounded.
                WeightGrams = weight is { } grams && quantity > 0 ? (long)Math.Round(grams / quantity) : null,
            });
        }

        return lines;
    }

    private long Grams() => rows.Sum(row => RowGrams(row, isSilent: true) ?? 0);

    private long? RowGrams(FileRow row, bool isSilent = false)
    {
        string column = At(row, SpreadsheetColumns.Grams).Text.Length > 0 ? SpreadsheetColumns.Grams : Weight;
        int before = Problems.Count;
        decimal? given = Decimal(column, row, isWhole: column == SpreadsheetColumns.Grams);
        if (isSilent)
        {
            Problems.RemoveRange(before, Problems.Count - before);
        }

        decimal? grams = column == Weight ? given * 1000 : given;
        if (grams is < 0 or > 100_000_000)
        {
            if (!isSilent)
            {
                Tell(column, row, "must be a weight between 0 and 100 tonnes");
            }

            return null;
        }

        return grams is { } weight ? (long)Math.Round(weight) : null;
    }

    private void ReadCurrency()
    {
        if (Text(SpreadsheetColumns.Currency) is { } text)
        {
            string code = text.ToUpperInvariant();
            if (code.Length == 3 && code.All(char.IsAsciiLetterUpper))
            {
                currency = code;
            }
            else if (text != "$")
            {
                Tell(SpreadsheetColumns.Currency, "is no ISO 4217 code such as CLP");
            }
        }
    }

    /// <summary>What concerns the whole order may stand in one row or in all of them, but not differ.</summary>
    private void CheckAgreement()
    {
        if (rows.Count == 1)
        {
            return;
        }

        foreach (var (name, place) in places)
        {
            if (ByName[name].IsOfLine || Holder(name) is not { } first)
            {
                continue;
            }

            foreach (var row in rows)
            {
                string text = row.Cells.Count > place ? row.Cells[place].Text : "";
                if (row != first && text.Length > 0 && !text.Equals(At(first, name).Text, StringComparison.Ordinal))
                {
                    Tell(name, row, string.Create(CultureInfo.InvariantCulture, $"differs from row {first.Number}. Rows of one order must agree: leave the cell empty, or {(name == Total ? $"name the column '{LineTotal}' if it is the row's own" : "give the order another number")}"));
                }
            }
        }
    }

    private void CheckTexts(FileRow row)
    {
        for (int i = 0; i < row.Cells.Count; i++)
        {
            bool hasHeading = i < headings.All.Count;
            string text = row.Cells[i].Text;
            string? because = text.Length > LongestText ? $"has {text.Length.ToString(CultureInfo.InvariantCulture)} characters; {LongestText} are possible"
                : text is "#N/A" or "#REF!" or "#VALUE!" or "#NAME?" or "#DIV/0!" or "#NUM!" or "#NULL!" ? $"holds the formula error {text}"
                : !hasHeading && text.Length > 0 ? "has no heading above it: is there a separator inside a value that is not in quotes?"
                : text.Contains('\uFFFD', StringComparison.Ordinal) ? "has characters that could not be read: save the file as UTF-8 and upload it again"
                : null;
            if (because is not null)
            {
                string name = hasHeading ? headings.All[i].Text : "Column " + Heading.Letter(i);
                Problems.Add(new CellProblem(row.Number, i, name, text.Length > 200 ? text[..200] : text, $"{name} {because}."));
            }
        }
    }

    private Dictionary<string, string> Attributes()
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Text(Reference) is { } reference)
        {
            attributes["reference"] = reference;
        }

        if (Text(Packages) is not null && Decimal(Packages, Holder(Packages)!, isWhole: true) is var packages && packages is not null)
        {
            if (packages is < 1 or > 1000 || packages != Math.Floor(packages.Value))
            {
                Tell(Packages, "must be a whole number from 1 to 1000");
            }

            attributes["packages"] = packages.Value.ToString("0", CultureInfo.InvariantCulture);
        }

        foreach (var row in rows)
        {
            foreach (var (heading, cell) in SpreadsheetPayload.Filled(headings, row).Where(one => one.Heading.Column is null))
            {
                attributes.TryAdd(heading.Text, cell.Text);
            }
        }

        return attributes;
    }

    private Money? Money(string column)
    {
        if (Holder(column) is not { } row || Decimal(column, row, SpreadsheetValues.HasNoDecimals(currency)) is not { } amount)
        {
            return null;
        }

        if (amount < 0)
        {
            Tell(column, row, "must not be negative");
        }

        return new Money(amount, currency);
    }

    private decimal? Decimal(string column, FileRow row, bool isWhole)
    {
        var cell = At(row, column);
        if (cell.Text.Length == 0)
        {
            return null;
        }

        decimal? number = SpreadsheetValues.Number(cell, settings.Decimals, isWhole, out string? problem);
        if (problem is not null)
        {
            Tell(column, row, problem);
        }

        return number;
    }

    private (DateTimeOffset At, int? OffsetMinutes)? Time(string column)
    {
        if (Holder(column) is not { } row)
        {
            return null;
        }

        var time = SpreadsheetValues.Time(At(row, column), settings.Dates, settings.Zone, out string? problem);
        if (problem is not null)
        {
            Tell(column, row, problem);
        }

        return time;
    }

    private bool? Flag(string column)
    {
        bool? flag = Text(column) is { } text ? SpreadsheetValues.Flag(text) : null;
        if (flag is null && Text(column) is not null)
        {
            Tell(column, "is neither yes nor no");
        }

        return flag;
    }

    private string? Own(FileRow row, string column) => At(row, column).Text is { Length: > 0 } text ? text : null;

    private FileRow? Holder(string column) => places.TryGetValue(column, out int place) ? rows.FirstOrDefault(row => row.Cells.Count > place && row.Cells[place].Text.Length > 0) : null;

    private FileCell At(FileRow row, string column) => places.TryGetValue(column, out int place) && row.Cells.Count > place ? row.Cells[place] : new FileCell("");

    private static Dictionary<string, int> Places(FileHeadings headings)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < headings.All.Count; i++)
        {
            if (headings.All[i].Column is { } column)
            {
                found.TryAdd(column, i);
            }
        }

        return found;
    }
}
