using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>Joins an order's resources into the document that our module sends too (schema 1): rows under PrestaShop's own names, ids with their ISO codes beside.
/// Passwords, keys and card data are left out here, so that they never reach the hub's database.</summary>
internal static class PrestaShopSnapshot
{
    private static readonly FrozenSet<string> NeverKept = FrozenSet.Create(
        "secure_key", "passwd", "last_passwd_gen", "reset_password_token", "reset_password_validity", "card_number", "card_brand", "card_expiration", "card_holder", "download_hash", "birthday", "token");

    private static readonly string[] CustomerFields = ["id", "id_default_group", "firstname", "lastname", "email", "company", "siret", "ape", "website", "is_guest", "note"];

    private static readonly string[] AddressFields =
        ["id", "alias", "company", "firstname", "lastname", "vat_number", "dni", "address1", "address2", "postcode", "city", "other", "phone", "phone_mobile", "deleted"];

    private static readonly string[] StateFields = ["id", "name", "paid", "shipped", "delivery", "invoice", "logable", "module_name", "template"];

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What belongs to one order.</summary>
    internal sealed record Parts
    {
        internal required JsonObject Order { get; init; }
        internal required JsonObject Shop { get; init; }
        internal JsonObject? Customer { get; init; }
        internal JsonObject? Delivery { get; init; }
        internal JsonObject? Invoice { get; init; }
        internal IReadOnlyList<JsonObject> Details { get; init; } = [];
        internal IReadOnlyList<JsonObject> Carriers { get; init; } = [];
        internal IReadOnlyList<JsonObject> Payments { get; init; } = [];
        internal IReadOnlyList<JsonObject> CartRules { get; init; } = [];
        internal IReadOnlyList<JsonObject> Histories { get; init; } = [];
        internal IReadOnlyList<JsonObject> Slips { get; init; } = [];
        internal IReadOnlyList<JsonObject> Messages { get; init; } = [];
        internal IReadOnlyList<JsonObject> Siblings { get; init; } = [];
        /// <summary>Reference rows: resource and id.</summary>
        internal required Func<string, string?, JsonObject?> Find { get; init; }
        /// <summary>The configuration key that points at a state.</summary>
        internal required Func<string?, string?> KeyOf { get; init; }
    }

    internal static JsonObject Build(Parts parts, string topic, string builtAt)
    {
        var order = parts.Order;
        string? stateId = PrestaShopAnswers.Id(order, "current_state");
        string? carrierId = PrestaShopAnswers.Id(order, "id_carrier");
        var carrier = parts.Find("carriers", carrierId);
        var state = parts.Find("order_states", stateId) is { } found ? Only(found, StateFields) : null;
        if (state is not null && parts.KeyOf(stateId) is { } key)
        {
            state["config_key"] = key;
        }

        var language = parts.Find("languages", PrestaShopAnswers.Id(order, "id_lang"));
        return new JsonObject
        {
            ["schema"] = 1,
            ["topic"] = topic,
            ["built_at"] = builtAt,
            ["shop"] = parts.Shop.DeepClone(),
            ["order"] = Without(order),
            ["order_state"] = state,
            ["currency"] = Only(parts.Find("currencies", PrestaShopAnswers.Id(order, "id_currency")), ["iso_code"]),
            ["language"] = Only(language, ["iso_code", "locale"]),
            ["customer"] = Only(parts.Customer, CustomerFields),
            ["addresses"] = new JsonObject
            {
                ["delivery"] = Address(parts.Delivery, parts.Find),
                ["invoice"] = PrestaShopAnswers.Id(order, "id_address_invoice") == PrestaShopAnswers.Id(order, "id_address_delivery") ? null : Address(parts.Invoice, parts.Find),
            },
            ["carrier"] = Only(carrier, ["id", "id_reference", "name", "url", "delay", "external_module_name"]),
            ["order_carriers"] = List(parts.Carriers, row => OwnCarrier(row, carrierId, parts.Find)),
            ["order_details"] = List(parts.Details, Detail),
            ["order_payments"] = List(parts.Payments, row => With(row, "currency_iso", PrestaShopAnswers.Text(parts.Find("currencies", PrestaShopAnswers.Id(row, "id_currency")), "iso_code"))),
            ["order_cart_rules"] = List(parts.CartRules, Without),
            ["order_histories"] = List(parts.Histories, row => History(row, parts)),
            ["order_slips"] = List(parts.Slips, Without),
            ["messages"] = List(parts.Messages, row => Only(row, ["id", "private", "id_employee", "message", "date_add"])!),
            ["siblings"] = List(parts.Siblings, row => Sibling(row, parts.Find)),
        };
    }

    /// <summary>UTF-8, text unescaped.</summary>
    internal static byte[] Bytes(JsonObject document) => JsonSerializer.SerializeToUtf8Bytes(document, Plain);

    private static JsonObject? Address(JsonObject? address, Func<string, string?, JsonObject?> find)
    {
        if (Only(address, AddressFields) is not { } kept)
        {
            return null;
        }

        kept["country_iso"] = PrestaShopAnswers.Text(find("countries", PrestaShopAnswers.Id(address, "id_country")), "iso_code");
        var state = find("states", PrestaShopAnswers.Id(address, "id_state"));
        kept["state_iso"] = PrestaShopAnswers.Text(state, "iso_code");
        kept["state_name"] = PrestaShopAnswers.Text(state, "name");
        return kept;
    }

    // An order can go by another carrier than it was placed with.
    private static JsonObject OwnCarrier(JsonObject row, string? usual, Func<string, string?, JsonObject?> find)
    {
        string? id = PrestaShopAnswers.Id(row, "id_carrier");
        var kept = Without(row);
        return id is null || id == usual || find("carriers", id) is not { } carrier ? kept
            : With(With(kept, "carrier_name", PrestaShopAnswers.Text(carrier, "name")), "carrier_url", PrestaShopAnswers.Text(carrier, "url"));
    }

    // The hash opens the download: only that there is one is kept.
    private static JsonObject Detail(JsonObject row)
    {
        var kept = Without(row);
        return PrestaShopAnswers.Text(row, "download_hash") is null ? kept : With(kept, "is_virtual", "1");
    }

    private static JsonObject History(JsonObject row, Parts parts)
    {
        var state = parts.Find("order_states", PrestaShopAnswers.Id(row, "id_order_state"));
        var kept = Only(row, ["id", "id_order_state", "date_add"])!;
        return state is null ? kept : With(With(kept, "shipped", PrestaShopAnswers.Text(state, "shipped")), "paid", PrestaShopAnswers.Text(state, "paid"));
    }

    private static JsonObject Sibling(JsonObject row, Func<string, string?, JsonObject?> find)
    {
        bool isPaid = PrestaShopAnswers.IsSet(find("order_states", PrestaShopAnswers.Id(row, "current_state")), "paid")
            || (decimal.TryParse(PrestaShopAnswers.Text(row, "total_paid_real"), System.Globalization.CultureInfo.InvariantCulture, out decimal received) && received > 0);
        return With(Only(row, ["id", "id_cart", "current_state"])!, "paid", isPaid ? "1" : "0");
    }

    private static JsonArray List(IReadOnlyList<JsonObject> rows, Func<JsonObject, JsonObject> make) => [.. rows.Select(row => (JsonNode)make(row))];

    private static JsonObject? Only(JsonObject? row, ReadOnlySpan<string> fields)
    {
        if (row is null)
        {
            return null;
        }

        var kept = new JsonObject();
        foreach (string field in fields)
        {
            if (row.TryGetPropertyValue(field, out var value))
            {
                // Texts in several languages: the shop's first.
                kept[field] = value is JsonArray ? PrestaShopAnswers.Text(row, field) : value?.DeepClone();
            }
        }

        return kept;
    }

    private static JsonObject Without(JsonObject row)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in row)
        {
            if (!NeverKept.Contains(name))
            {
                kept[name] = value?.DeepClone();
            }
        }

        return kept;
    }

    private static JsonObject With(JsonObject row, string name, string? value)
    {
        var made = row.Parent is null ? row : (JsonObject)row.DeepClone();
        if (value is not null)
        {
            made[name] = value;
        }

        return made;
    }
}
