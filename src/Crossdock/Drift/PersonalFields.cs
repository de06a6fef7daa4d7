using System.Buffers;

namespace Crossdock.Drift;

/// <summary>Tells by a field's name whether personal data or a secret stands there. Rather too often than once too few: what it names is never kept or shown.</summary>
internal static class PersonalFields
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF-");

    private static readonly string[] Parts =
    [
        "name", "nombre", "mail", "phone", "fono", "celular", "mobile", "fax", "address", "direcci", "street", "calle", "city", "ciudad", "comuna", "commune", "district", "neighborhood", "complement",
        "zip", "postcode", "postal", "company", "empresa", "contact", "recipient", "receiver", "customer", "cliente", "buyer", "user", "person", "profile", "shipping_info", "billing", "login", "passw", "passwd", "token",
        "secret", "signature", "session", "cookie", "document", "tax_id", "taxid", "taxvat", "vat_number", "identification", "note", "comment", "message", "mensaje", "gift", "latitude", "longitude", "geo", "birth",
        "gender", "card", "iban", "account", "client", "browser", "agent", "host", "url", "link", "remark", "observ", "reference", "transaction", "auth", "password", "nickname", "alias", "siret", "fingerprint", "correo", "destinat", "comprador", "nota", "apellido",
    ];

    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
    {
        "ip", "rut", "run", "nif", "dni", "cif", "cpf", "cnpj", "nip", "pesel", "ein", "ssn", "dob", "lat", "lng", "lon", "key", "to", "attn", "other", "number", "sku", "id",
    };

    /// <summary>True when a field or object of this name holds personal data or secrets.</summary>
    public static bool Names(string field)
    {
        string lower = field.ToLowerInvariant();
        if (Whole.Contains(lower) || lower.EndsWith("_ip", StringComparison.Ordinal) || lower.EndsWith("_key", StringComparison.Ordinal) || lower.EndsWith("_id", StringComparison.Ordinal)
            || field.EndsWith("Id", StringComparison.Ordinal) || field.EndsWith("Key", StringComparison.Ordinal))
        {
            return true;
        }

        foreach (string part in Parts)
        {
            if (lower.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for a key that is no field's name but data itself: an id, an e-mail address, a token. Kept as <c>*</c>.</summary>
    public static bool IsData(ReadOnlySpan<char> key)
    {
        if (key.IsEmpty || key.Length > 64 || key.Contains('@'))
        {
            return true;
        }

        int digits = 0;
        foreach (char letter in key)
        {
            digits += char.IsAsciiDigit(letter) ? 1 : 0;
        }

        return digits >= 5 || digits == key.Length || (key.Length >= 16 && digits >= 3 && !key.ContainsAnyExcept(Hexadecimal));
    }
}
