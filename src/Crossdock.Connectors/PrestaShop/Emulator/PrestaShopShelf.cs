using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.PrestaShop;

/// <summary>What the emulated shop sells, who buys there, and the tables it was installed with. Names and numbers are invented.</summary>
internal static class PrestaShopShelf
{
    internal static readonly Good[] Goods =
    [
        new(55, 210, "Mochila 30 L (Color: Verde)", "MOCH-30-V", "7801110000012", 15_995, 0.9m), new(55, 211, "Mochila 30 L (Color: Azul)", "MOCH-30-A", "7801110000029", 15_995, 0.9m), new(60, 0, "Mosquetón", "MOSQ-1", "", 3_990, 0.15m),
        new(61, 0, "Cuerda dinámica 60 m", "CUE-60", "7801110000036", 129_990, 4.1m), new(70, 301, "Zapatilla «Ñandú» (Talla: 42)", "ZAP-42", "", 54_990, 1.05m), new(72, 0, "Cantimplora 1 L", "", "7801110000043", 8_490, 0.3m),
    ];

    internal static readonly Buyer[] Buyers =
    [
        new("Matías", "Soto Vera", "", "Los Aromos 455", "Casa B", "2520000", "Viña del Mar", "", "", "+56922223333", "12345678-5", 68, 341),
        new("CAMILA", "ROJAS", "", "av. irarrazaval 2401", "depto 51", "", "nunoa", "Dejar con el conserje", "", "961234567", "", 68, 346),
        new("José Tomás", "Vicuña", "Vicuña & Hijos", "Camino El Alba 9500", "", "7550000", "Las Condes", "", "+56223456789", "", "76543210-K", 68, 346),
        new("Rayén", "Huenchumán", "", "Lautaro 310", "", "5480000", "Pto. Montt", "", "", "", "", 68, 347),
        new("Francisca", "Díaz", "", "Pasaje 4 #1234", "Villa \"Los Héroes\"", "9250000", "Maipu", "", "", "9 8765 4321", "", 68, 346),
        new("Marta", "Ibáñez", "Taller Ibáñez", "Calle de Alcalá 210", "4º B", "28028", "Madrid", "", "", "+34600112233", "12345678Z", 6, 350),
        new("Jordi", "Puig i Ferrer", "", "Carrer de l'Església 12", "", "08901", "L'Hospitalet de Llobregat", "", "933000111", "", "", 6, 351),
        new("Emily", "O'Connor", "", "1450 Broadway", "Suite 9", "10018", "New York", "", "", "+12125550100", "", 21, 9),
    ];

    /// <summary>States of a fresh 1.7 or 8: id, name, template, paid, shipped, delivery, invoice, logable, module.</summary>
    private static readonly (long Id, string Name, string Template, string Flags, string Module)[] States =
    [
        (1, "En espera de pago por cheque", "cheque", "00000", "ps_checkpayment"), (2, "Pago aceptado", "payment", "10011", ""), (3, "Preparación en curso", "preparation", "10111", ""), (4, "Enviado", "shipped", "11111", ""),
        (5, "Entregado", "", "11111", ""), (6, "Cancelado", "order_canceled", "00000", ""), (7, "Reembolsado", "refund", "00010", ""), (8, "Error en pago", "payment_error", "00000", ""), (9, "Pedido pendiente por falta de stock (pagado)", "outofstock", "10010", ""),
        (10, "En espera de pago por banco", "bankwire", "00000", "ps_wirepayment"), (11, "Pago remoto aceptado", "payment", "10011", ""), (12, "Pedido pendiente por falta de stock (no pagado)", "outofstock", "00000", ""),
        (13, "En espera de validación por contra reembolso", "cashondelivery", "00000", "ps_cashondelivery"), (14, "Preparado para retiro", "", "00000", ""), (15, "Enviado, contra reembolso", "", "01100", ""),
    ];

    private static readonly (string Name, string Value)[] Configurations =
    [
        ("PS_WEIGHT_UNIT", "kg"), ("PS_OS_CHEQUE", "1"), ("PS_OS_PAYMENT", "2"), ("PS_OS_PREPARATION", "3"), ("PS_OS_SHIPPING", "4"), ("PS_OS_DELIVERED", "5"), ("PS_OS_CANCELED", "6"), ("PS_OS_REFUND", "7"), ("PS_OS_ERROR", "8"),
        ("PS_OS_OUTOFSTOCK", "9"), ("PS_OS_OUTOFSTOCK_PAID", "9"), ("PS_OS_BANKWIRE", "10"), ("PS_OS_WS_PAYMENT", "11"), ("PS_OS_OUTOFSTOCK_UNPAID", "12"), ("PS_OS_COD_VALIDATION", "13"), ("PS_SHOP_NAME", "Tienda Cumbre"),
    ];

    /// <summary>Rows that are there before the first order.</summary>
    internal static IEnumerable<(string Resource, JsonObject Row)> Installed(string zone)
    {
        foreach (var (id, name, template, flags, module) in States)
        {
            yield return ("order_states", Row(("id", id), ("unremovable", id < 14 ? "1" : "0"), ("delivery", flags[2]), ("hidden", "0"), ("send_email", "1"), ("module_name", module), ("invoice", flags[3]), ("color", "#4169E1"), ("logable", flags[4]),
                ("shipped", flags[1]), ("paid", flags[0]), ("pdf_delivery", "0"), ("pdf_invoice", "0"), ("deleted", "0"), ("name", name), ("template", template)));
        }

        long number = 1;
        foreach (var (name, value) in Configurations.Append(("PS_TIMEZONE", zone)))
        {
            yield return ("configurations", Row(("id", number++), ("value", value), ("name", name), ("id_shop_group", ""), ("id_shop", ""), ("date_add", "2020-01-01 00:00:00"), ("date_upd", "2020-01-01 00:00:00")));
        }

        yield return ("currencies", Row(("id", 1L), ("name", "Euro"), ("iso_code", "EUR"), ("conversion_rate", "0.001000"), ("deleted", "0"), ("active", "1")));
        yield return ("currencies", Row(("id", 2L), ("name", "Peso chileno"), ("iso_code", "CLP"), ("conversion_rate", "1.000000"), ("deleted", "0"), ("active", "1")));
        yield return ("languages", Row(("id", 1L), ("name", "Español"), ("iso_code", "es"), ("locale", "es-CL"), ("active", "1")));
        yield return ("countries", Row(("id", 68L), ("iso_code", "CL"), ("contains_states", "1"), ("name", "Chile")));
        yield return ("countries", Row(("id", 6L), ("iso_code", "ES"), ("contains_states", "1"), ("name", "España")));
        yield return ("countries", Row(("id", 21L), ("iso_code", "US"), ("contains_states", "1"), ("name", "Estados Unidos")));
        foreach (var (id, country, iso, name) in new[] { (341L, 68, "VS", "Valparaíso"), (346L, 68, "CL-RM", "Metropolitana de Santiago"), (347L, 68, "LL", "Los Lagos"), (350L, 6, "ES-M", "Madrid"), (351L, 6, "ES-B", "Barcelona"), (9L, 21, "NY", "New York") })
        {
            yield return ("states", Row(("id", id), ("id_zone", "2"), ("id_country", Text(country)), ("iso_code", iso), ("name", name), ("active", "1")));
        }

        yield return ("carriers", Row(("id", 58L), ("deleted", "0"), ("id_reference", "7"), ("name", "Despacho a domicilio"), ("active", "1"), ("url", "https://courier.example/?t=@"), ("external_module_name", ""), ("delay", "2 a 3 días")));
        yield return ("carriers", Row(("id", 59L), ("deleted", "0"), ("id_reference", "1"), ("name", "0"), ("active", "1"), ("url", ""), ("external_module_name", ""), ("delay", "Retiro en tienda")));
    }

    /// <summary>A row: the id as a number, everything else as text.</summary>
    internal static JsonObject Row(params ReadOnlySpan<(string Name, object Value)> fields)
    {
        var row = new JsonObject();
        foreach (var (name, value) in fields)
        {
            row[name] = value is long id && name == "id" ? JsonValue.Create(id) : Convert.ToString(value, CultureInfo.InvariantCulture);
        }

        return row;
    }

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>An amount as PrestaShop writes it: six decimals.</summary>
    internal static string Amount(decimal amount) => amount.ToString("F6", CultureInfo.InvariantCulture);

    internal sealed record Good(long Product, long Combination, string Name, string Reference, string Ean, decimal Price, decimal Weight);

    internal sealed record Buyer(string First, string Last, string Company, string Address1, string Address2, string Postcode, string City, string Other, string Phone, string Mobile, string Dni, long Country, long State);
}
