using System.Globalization;
using Crossdock.Model.Geography;
using Crossdock.Model.Orders;

namespace Crossdock.Edits;

/// <summary>What may stand in a field: cleans what a person typed, or says what is wrong with it. Pure.</summary>
internal static class EditCheck
{
    private const int LongestText = 300;
    private const int LongestParagraph = 5000;
    private const decimal MostPieces = 1_000_000;

    /// <summary>The value as it is kept.</summary>
    /// <param name="field">Which.</param>
    /// <param name="given">As typed; empty for nothing.</param>
    /// <param name="order">The order with the country that it will have.</param>
    /// <param name="clean">The value to keep; null for nothing.</param>
    /// <returns>What is wrong, in one sentence; null when nothing is.</returns>
    public static string? Problem(EditableField field, string? given, Order order, out string? clean)
    {
        string text = (given ?? "").Replace("\r\n", "\n", StringComparison.Ordinal).Trim();
        clean = text.Length == 0 ? null : text;
        if (clean is null)
        {
            return field.IsRequired ? "It cannot be empty." : null;
        }

        int longest = field.Kind is EditableKind.Paragraph ? LongestParagraph : LongestText;
        if (text.Length > longest)
        {
            return string.Create(CultureInfo.InvariantCulture, $"It may have at most {longest} characters; these are {text.Length}.");
        }

        if (text.Any(letter => char.IsControl(letter) && !(letter is '\n' or '\t' && field.Kind is EditableKind.Paragraph)) || text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD))
        {
            return "It contains characters that cannot be printed.";
        }

        switch (field.Kind)
        {
            case EditableKind.Country:
                clean = Countries.Find(text)?.Alpha2;
                return clean is null ? $"There is no country \"{text}\". Give two letters such as CL, or its name." : null;
            case EditableKind.Region:
                string? country = (field.Group == "billTo" ? order.BillTo : order.ShipTo)?.Country;
                var known = country is null ? [] : Regions.Of(country);
                clean = country is null ? text : Regions.Find(country, text)?.Code ?? (known.Count == 0 ? text : null);
                return clean is null ? $"{country} has no region \"{text}\". Give its code, for example {string.Join(", ", known.Take(3).Select(region => region.Code))}, or its name." : null;
            case EditableKind.Email:
                int at = text.IndexOf('@', StringComparison.Ordinal);
                return at > 0 && at == text.LastIndexOf('@') && at < text.Length - 1 && !text.Contains(' ', StringComparison.Ordinal) ? null : "It is no e-mail address: it needs a name, an @ and a domain.";
            case EditableKind.Phone:
                return text.Count(char.IsAsciiDigit) >= 5 && text.All(letter => char.IsAsciiDigit(letter) || " +()-./#x".Contains(letter, StringComparison.Ordinal))
                    ? null : "It is no telephone number: at least five digits, and otherwise only + ( ) - . / and spaces.";
            case EditableKind.Quantity:
                if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal quantity) || quantity > MostPieces)
                {
                    return "It is no quantity: a number from 0 to 1000000, with a point before decimals.";
                }

                clean = EditableFields.Number(quantity);
                return null;
            case EditableKind.Tags:
                clean = EditableFields.Split(text) is { Count: > 0 } tags ? string.Join(", ", tags) : null;
                return null;
            case EditableKind.Text or EditableKind.Paragraph or EditableKind.Reason:
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
