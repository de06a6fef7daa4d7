using System.Globalization;
using Crossdock.Delivery;
using Crossdock.Model.Orders;

namespace Crossdock.Orders;

/// <summary>A search as the address of a list has it: <c>state=approved&amp;state=processing&amp;country=CL&amp;sort=-total</c>. The same names in the console, in the API, in saved views and for many orders at once.</summary>
public static class OrderSearchText
{
    private const int Longest = 200, MostValues = 200;

    /// <summary>The names it knows, besides those of pages.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["q", "search", "number", "externalId", "customer", "store", "state", "held", "payment", "fulfilment", "country", "region", "from", "to", "placedFrom", "placedTo", "totalFrom", "totalTo", "destination", "delivery", "tag", "sort"];

    /// <summary>Reads a search and its order. What cannot be understood is left out and told.</summary>
    /// <param name="values">All values under a name.</param>
    /// <param name="isByDay">True where a date without a time, as the last day, means that whole day.</param>
    /// <param name="problems">Each problem as a sentence.</param>
    public static (OrderSearch Search, OrderSorting Sorting) Read(Func<string, IEnumerable<string?>> values, bool isByDay, ICollection<string> problems)
    {
        var reader = new Reader(values, isByDay, problems);
        var sorting = OrderSorting.Parse(reader.Text("sort"));
        if (sorting is null)
        {
            problems.Add($"sort must be one of {string.Join(", ", EnumNames<OrderSort>.All)}, with a minus before it for the largest first.");
        }

        return (new OrderSearch
        {
            Text = reader.Text("q") ?? reader.Text("search"),
            Number = reader.Text("number"),
            ExternalId = reader.Text("externalId"),
            Customer = reader.Text("customer"),
            Stores = reader.Texts("store"),
            States = reader.All<OrderState>("state"),
            Held = reader.Flag("held"),
            Payments = reader.All<PaymentStatus>("payment"),
            Fulfilments = reader.All<FulfilmentStatus>("fulfilment"),
            Country = reader.Text("country"),
            Region = reader.Text("region"),
            From = reader.Time("from", 0),
            To = reader.Time("to", 1),
            PlacedFrom = reader.Time("placedFrom", 0),
            PlacedTo = reader.Time("placedTo", 1),
            TotalFrom = reader.Amount("totalFrom"),
            TotalTo = reader.Amount("totalTo"),
            Destination = reader.Text("destination"),
            Delivery = reader.All<DeliveryState>("delivery") is [var one, ..] ? one : null,
            Tag = reader.Text("tag"),
        }, sorting ?? OrderSorting.Newest);
    }

    /// <summary>Reads the text after the question mark.</summary>
    public static (OrderSearch Search, OrderSorting Sorting) Read(string query, bool isByDay, ICollection<string> problems)
    {
        var values = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);
        foreach (string name in values.Keys.Where(name => !Names.Contains(name, StringComparer.Ordinal)))
        {
            problems.Add($"There is nothing to filter by under the name \"{name}\".");
        }

        return Read(name => values.TryGetValue(name, out var some) ? some : [], isByDay, problems);
    }

    /// <summary>The same text with only what it knows, in its own order of names: what a saved view keeps.</summary>
    public static string Tidy(string query)
    {
        var values = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(query);
        return string.Join('&', Names.SelectMany(name => values.TryGetValue(name, out var some) ? some.Where(value => !string.IsNullOrEmpty(value)).Select(value => $"{name}={Uri.EscapeDataString(value!)}") : []));
    }

    private sealed class Reader(Func<string, IEnumerable<string?>> values, bool isByDay, ICollection<string> problems)
    {
        public IReadOnlyList<string> Texts(string name) =>
            [.. values(name).SelectMany(value => value?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? []).Distinct(StringComparer.Ordinal).Take(MostValues)];

        public string? Text(string name)
        {
            string? text = values(name).FirstOrDefault(value => !string.IsNullOrWhiteSpace(value))?.Trim();
            if (text?.Length > Longest)
            {
                problems.Add($"{name} may have at most {Longest} characters.");
                return null;
            }

            return text;
        }

        public IReadOnlyList<T> All<T>(string name) where T : struct, Enum
        {
            List<T> all = [];
            foreach (string text in Texts(name))
            {
                if (EnumNames<T>.Parse(text) is { } value)
                {
                    all.Add(value);
                }
                else
                {
                    problems.Add(isByDay ? $"There is no {name} \"{text}\"; the filter on {name} was left out." : $"{name} must be one of {string.Join(", ", EnumNames<T>.All)}.");
                }
            }

            return all;
        }

        public bool? Flag(string name)
        {
            string? text = Text(name);
            if (text is null)
            {
                return null;
            }

            if (bool.TryParse(text, out bool flag))
            {
                return flag;
            }

            problems.Add($"{name} must be true or false.");
            return null;
        }

        public decimal? Amount(string name)
        {
            string? text = Text(name);
            if (text is null)
            {
                return null;
            }

            if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal amount))
            {
                return amount;
            }

            problems.Add($"{name} must be an amount such as 12990 or 12.90.");
            return null;
        }

        public DateTimeOffset? Time(string name, int days)
        {
            string? text = Text(name);
            if (text is null)
            {
                return null;
            }

            if (isByDay && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1970 and < 9000)
            {
                return new DateTimeOffset(day.AddDays(days).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            }

            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time.Year is > 1970 and < 9000)
            {
                return time;
            }

            problems.Add(isByDay ? $"{name} must be a day such as 2026-03-01; it was left out." : $"{name} must be a time such as 2026-03-01T00:00:00Z.");
            return null;
        }
    }
}
