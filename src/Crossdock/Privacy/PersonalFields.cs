namespace Crossdock.Privacy;

/// <summary>Tells by a field's name in any platform's document whether a person stands there. What counts (amounts, quantities, ids, states, regions, countries, times) is none.</summary>
internal static class PersonalFields
{
    private static readonly string[] Anywhere =
    [
        "mail", "correo", "phone", "telefono", "celular", "firstname", "lastname", "fullname", "nickname", "receivername", "recipientname", "customername", "contactname", "address1", "address2", "address3", "addressline", "street", "calle",
        "direccion", "housenumber", "complement", "postcode", "postalcode", "zipcode", "latitude", "longitude", "geocoordinates", "taxid", "taxvat", "vatnumber", "vatid", "documentnumber", "identification", "clientip", "browserip", "remoteip", "useragent", "ipaddress", "comment",
        "customernote", "customermessage", "giftmessage", "birth", "apellido", "destinatario", "iban", "cardholder", "cardnumber",
    ];

    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal)
    {
        "zip", "ip", "rut", "nif", "dni", "cpf", "cnpj", "note", "notes", "mensaje", "message", "lat", "lng", "lon", "attn", "dob", "xforwardedfor", "firstnames", "surname", "comuna", "locality", "tel", "observaciones", "observation", "notas", "nota", "remark", "remarks", "instructions",
    };

    private static readonly string[] People =
    [
        "customer", "client", "cliente", "buyer", "comprador", "recipient", "receiver", "shipto", "billto", "deliverto", "shipfrom", "address", "contact", "person", "profile", "payer", "consignee", "destinatario", "noteattributes", "properties", "metadata", "metafields",
    ];

    private static readonly HashSet<string> PeopleWhole = new(StringComparer.Ordinal) { "shipping", "billing", "delivery", "user", "sender" };

    // Of a person or an address, what stays.
    private static readonly string[] Stays = ["country", "region", "province", "state", "currency", "locale", "language", "type", "status", "code", "tags", "method", "carrier", "service", "amount", "total", "price", "tax", "sku", "date", "kind", "platform", "store", "channel"];

    /// <summary>True when the value of this field is a person's, wherever it stands.</summary>
    public static bool IsPersonal(string key)
    {
        string name = Plain(key);
        return Whole.Contains(name) || Array.Exists(Anywhere, part => name.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>True when the object or list under this name describes a person or an address.</summary>
    public static bool IsPerson(string key)
    {
        string name = Plain(key);
        return PeopleWhole.Contains(name) || Array.Exists(People, part => name.Contains(part, StringComparison.Ordinal));
    }

    /// <summary>True when a text of a person or an address may stay: it is a region, a country, an id, a time, a state.</summary>
    public static bool Remains(string key)
    {
        string name = Plain(key);
        return name is "id" or "key" or "gid" || key.EndsWith("_id", StringComparison.Ordinal) || key.EndsWith("Id", StringComparison.Ordinal) || key.EndsWith("_at", StringComparison.Ordinal) || key.EndsWith("At", StringComparison.Ordinal)
            || (!IsPersonal(key) && Array.Exists(Stays, part => name.Contains(part, StringComparison.Ordinal)));
    }

    private static string Plain(string key) => string.Concat(key.Where(char.IsLetterOrDigit)).ToLowerInvariant();
}
