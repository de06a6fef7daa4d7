using System.Collections.Frozen;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Spreadsheet;

/// <summary>A column that is understood.</summary>
/// <param name="Name">English heading; also its name in settings.</param>
/// <param name="Spanish">Spanish heading.</param>
/// <param name="IsOfLine">True when each line of an order has its own; otherwise the rows of one order must agree.</param>
/// <param name="Other">Further headings, folded: lower case, no accents, no punctuation.</param>
/// <param name="Help">What belongs there.</param>
/// <param name="Examples">Values of the template's three rows, the last two being one order; null for a column that the template leaves out.</param>
internal sealed record SpreadsheetColumn(string Name, string Spanish, bool IsOfLine, string Other, string Help, string[]? Examples = null);

/// <summary>All columns that are understood, with the headings that people give them.</summary>
internal static class SpreadsheetColumns
{
    internal const string Number = "Order number", Date = "Date", Recipient = "Recipient", Company = "Company", Phone = "Phone", Email = "E-mail", TaxId = "Tax id", Street = "Street",
        HouseNumber = "Number", Complement = "Complement", Commune = "Commune", City = "City", Region = "Region", Postcode = "Postcode", Country = "Country", Sku = "SKU", Description = "Description",
        Quantity = "Quantity", UnitPrice = "Unit price", LineTotal = "Line total", ShippingCost = "Shipping cost", Discount = "Discount", Total = "Total", Currency = "Currency",
        CashOnDelivery = "Cash on delivery", Paid = "Paid", PaymentMethod = "Payment method", Weight = "Weight kg", Grams = "Weight g", Packages = "Packages", ShippingMethod = "Shipping method",
        Notes = "Notes", Reference = "Reference", Channel = "Channel";

    /// <summary>The report's own column: whoever mends a report and uploads it again need not remove it.</summary>
    internal const string Errors = "Crossdock errors";

    internal static IReadOnlyList<SpreadsheetColumn> All { get; } =
    [
        new(Number, "Número de pedido", false, "order|order no|order nr|order id|order name|order num|pedido|n pedido|no pedido|nro pedido|num pedido|n de pedido|nro de pedido|numero pedido|numero del pedido|id pedido|id del pedido|orden|n orden|nro orden|n de orden|nro de orden|numero orden|numero de orden|id orden|id de orden|folio|n venta|nro venta|numero de venta", "The number that you and the buyer use. Rows below each other with the same number are one order.", ["A-1001", "A-1002", "A-1002"]),
        new(Date, "Fecha", false, "order date|fecha pedido|fecha de pedido|fecha del pedido|fecha orden|fecha de orden|fecha compra|fecha de compra|fecha venta|fecha de venta|created|created at|placed at|date placed|purchase date", "When it was ordered: 2026-03-01, or 2026-03-01 15:30.", ["2026-03-01", "2026-03-01 15:30", ""]),
        new(Recipient, "Destinatario", false, "name|nombre|full name|nombre completo|recipient name|nombre destinatario|nombre del destinatario|customer|customer name|cliente|nombre cliente|nombre del cliente|buyer|comprador|consignee|ship to|ship to name|deliver to|contact|contact name|contacto|nombre contacto", "Who receives it.", ["Ana Rojas", "Luis Soto", ""]),
        new(Company, "Empresa", false, "company name|business|razon social|nombre empresa|nombre de la empresa|compania", "The recipient's company.", ["", "Soto y Cía.", ""]),
        new(Phone, "Teléfono", false, "phone number|telephone|tel|mobile|mobile phone|cell|cell phone|celular|movil|fono|telefono celular|numero de telefono|telefono destinatario|telefono contacto|contact phone|whatsapp", "For the driver.", ["+56 9 1111 2222", "+56 9 3333 4444", ""]),
        new(Email, "Correo", false, "email|mail|e mail address|email address|correo electronico|email cliente|customer email|correo cliente|correo destinatario", "For the notices of delivery.", ["ana@example.com", "", ""]),
        new(TaxId, "RUT", false, "tax number|tax identification|vat|vat number|vat id|rut cliente|rut destinatario|rut empresa|nif|cif|dni|nit|ruc|rfc|cpf|cuit|cedula|documento|id fiscal|identificacion fiscal", "National tax or identity number.", ["", "76.123.456-0", ""]),
        new(Street, "Calle", false, "address|direccion|street address|address 1|address1|address line 1|direccion 1|calle y numero|domicilio|shipping address|delivery address|direccion de entrega|direccion entrega|direccion despacho|direccion de despacho|direccion de envio|direccion envio|direccion destinatario", "Street, with or without the number.", ["Av. Irarrázaval 2401", "Los Leones", ""]),
        new(HouseNumber, "Número", false, "house number|street number|house no|numero de casa|numeracion|nro|altura|numero calle|numero direccion|n calle|no", "House number, where it is not in the street.", ["", "1200", ""]),
        new(Complement, "Complemento", false, "address 2|address2|address line 2|direccion 2|apartment|apt|flat|floor|suite|unit|depto|dpto|departamento|piso|oficina|block|casa depto|depto casa|complemento direccion", "Flat, floor, further directions.", ["Depto. 51", "", ""]),
        new(Commune, "Comuna", false, "district|distrito|municipality|municipio|comuna destino|comuna de destino|comuna destinatario|comuna entrega|barrio", "Chile: the commune. Needed there.", ["Ñuñoa", "Providencia", ""]),
        new(City, "Ciudad", false, "town|localidad|poblacion|ciudad destino|ciudad de destino|ciudad destinatario", "City. Needed outside Chile.", ["Santiago", "Santiago", ""]),
        new(Region, "Región", false, "state|province|provincia|region name|region destino|region de destino|state province|county", "Region, state or province: its code or its name.", ["RM", "RM", ""]),
        new(Postcode, "Código postal", false, "zip|zip code|zipcode|postal code|post code|cp|cod postal", "As given.", ["7750000", "", ""]),
        new(Country, "País", false, "country code|country name|pais destino|pais de destino", "Code or name; left out, the connection's own.", ["CL", "CL", ""]),
        new(Sku, "SKU", true, "item code|product code|code|codigo|codigo producto|codigo de producto|codigo articulo|item sku|cod producto|cod articulo|part number", "The article's number.", ["BOOT-42", "MUG-1", "MUG-2"]),
        new(Description, "Descripción", true, "product|producto|product name|nombre producto|nombre del producto|item|item name|item description|articulo|detalle|contenido|content|contents|goods|descripcion producto|titulo", "What it is.", ["Boots, size 42", "Mug, white", "Mug, blue"]),
        new(Quantity, "Cantidad", true, "qty|cant|unidades|units|cantidad unidades|cantidad producto", "How many; left out, one.", ["1", "2", "1"]),
        new(UnitPrice, "Precio unitario", true, "price|precio|item price|valor unitario|precio unidad", "Price of one.", ["25990", "4990", "4990"]),
        new(LineTotal, "Total línea", true, "row total|subtotal linea|total producto|total item|item total|importe linea", "Price of the row; left out, quantity times unit price.", null),
        new(ShippingCost, "Costo de envío", false, "shipping|shipping price|shipping total|envio|costo envio|precio envio|flete|costo despacho|costo de despacho|gastos de envio|delivery fee", "What the buyer paid for shipping.", ["2990", "", ""]),
        new(Discount, "Descuento", false, "discount amount|total discount|descuentos|monto descuento", "Taken off the whole order.", null),
        new(Total, "Total", false, "order total|total order|grand total|total pedido|total del pedido|total orden|total a pagar|amount|total amount|monto|monto total|importe|importe total|valor total|valor|declared value|valor declarado", "What the order costs in all; left out, what its rows add up to.", ["28980", "14970", ""]),
        new(Currency, "Moneda", false, "currency code|divisa", "ISO code such as CLP; left out, the connection's own.", ["CLP", "CLP", ""]),
        new(CashOnDelivery, "Contra entrega", false, "cod|cod amount|cash on delivery amount|amount to collect|to collect|pago contra entrega|monto contra entrega|contra reembolso|contrareembolso|reembolso|por cobrar|monto a cobrar|valor a cobrar|recaudo|valor a recaudar", "What the courier collects at the door; left out, nothing.", ["", "14970", ""]),
        new(Paid, "Pagado", false, "is paid|pagada|esta pagado|pago realizado", "Yes or no.", ["yes", "no", ""]),
        new(PaymentMethod, "Medio de pago", false, "payment|payment type|pago|forma de pago|metodo de pago|tipo de pago", "In words.", ["card", "cash", ""]),
        new(Weight, "Peso kg", true, "weight|peso|kg|kilos|weight kilos|peso kilos|peso en kg|peso total|total weight|peso kilogramos|weight in kg", "Weight of the row's goods altogether, in kilograms.", ["1.2", "0.6", "0.3"]),
        new(Grams, "Peso g", true, "grams|gramos|weight grams|peso gramos|peso en gramos|peso gr|weight gr|weight in grams", "The same in grams.", null),
        new(Packages, "Bultos", false, "parcels|pieces|boxes|cajas|n bultos|nro bultos|no bultos|n de bultos|numero de bultos|cantidad bultos|cantidad de bultos|number of packages|number of parcels|paquetes|cantidad de paquetes|piezas", "How many parcels.", ["1", "1", ""]),
        new(ShippingMethod, "Método de envío", false, "shipping service|service|servicio|tipo de servicio|tipo servicio|delivery method|delivery type|tipo de envio|tipo envio|tipo de entrega|tipo despacho|metodo envio|metodo de despacho|carrier|courier|transportista|modalidad", "In words.", ["express", "", ""]),
        new(Notes, "Notas", false, "note|nota|comment|comments|comentario|comentarios|observacion|observaciones|obs|instructions|instrucciones|delivery notes|delivery instructions|indicaciones|remarks|instrucciones de entrega", "For whoever delivers it.", ["Ring twice", "", ""]),
        new(Reference, "Referencia", false, "ref|your reference|customer reference|reference number|external reference|referencia cliente|numero de referencia|n referencia|nro referencia|purchase order|orden de compra|oc", "A number of your own.", ["", "PO-77", ""]),
        new(Channel, "Canal", false, "sales channel|canal de venta|canal venta|marketplace|origen|origin|store|tienda", "Where it was sold.", null),
    ];

    internal static FrozenDictionary<string, SpreadsheetColumn> ByName { get; } = All.ToFrozenDictionary(column => column.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every heading, folded, with what it means.</summary>
    internal static FrozenDictionary<string, SpreadsheetColumn> ByHeading { get; } = All
        .SelectMany(column => column.Other.Split('|').Append(Heading.Fold(column.Name)).Append(Heading.Fold(column.Spanish)).Distinct().Select(name => (name, column)))
        .ToFrozenDictionary(pair => pair.name, pair => pair.column, StringComparer.Ordinal);

    internal static IReadOnlyList<FileColumn> Template { get; } =
        [.. All.Where(column => column.Examples is not null).Select(column => new FileColumn(column.Name, column.Spanish, column.Name is Number or Recipient or Street, column.Help, column.Examples!))];
}
