using System.Globalization;
using System.Text.Json.Nodes;

namespace Crossdock.Connectors.Vtex;

/// <summary>What the emulated account sells, and to whom. All invented.</summary>
internal static class VtexShelf
{
    private static readonly Good[] Goods =
    [
        new("2041", "980", "7801234567894", "PT-M-AZ", "Polera técnica M", 1_299_000, 1_499_000, 220, "bodega-quilicura"),
        new("3310", "1204", "7801234599994", "BT-750", "Botella térmica 750 ml", 1_999_000, 1_999_000, 380, "tienda-maipu"),
        new("3402", "1230", null, null, "Mochila 28 l", 4_990_000, 5_490_000, 910, "bodega-quilicura"),
        new("4100", "1300", "7801234511113", "CAL-3", "Calcetines lana, 3 pares", 899_000, 899_000, 140, "bodega-quilicura"),
    ];

    private static readonly Buyer[] Buyers =
    [
        new("Javiera", "Rojas Pino", "rut", "123456785", "+56911112222", "Avenida Los Arrayanes", "1250", "Depto 804", "Las Condes", "Las Condes", "Región Metropolitana", "7550000", "CHL", -70.5501, -33.4012),
        new("Matías", "Ñancupil", "rut", "98765432K", "+56922223333", "Camino El Alba", "88", null, "Chicureo", "", "Región Metropolitana", "9350001", "CHL", -70.68, -33.28),
        new("Rayén", "Huenchumán", "rut", "111111111", "+56933334444", "Lautaro", "310", null, "Puerto Montt", "Puerto Montt", "Región de Los Lagos (X)", "5480000", "CHL", -72.94, -41.47),
        new("Bernardo", "O'Higgins Díaz", "rut", "222222222", "+56944445555", "Carretera del Cobre", "S/N", "Parcela 4", "Machalí", "", "Región del Libertador General Bernardo O’Higgins (VI)", "2910000", "CHL", -70.65, -34.18),
        new("Larissa", "Souza", "cpf", "15586841755", "+5511987654321", "Avenida Paulista", "1578", "ap 71", "Bela Vista", "São Paulo", "SP", "01310-200", "BRA", -46.65, -23.56),
        new("Renzo", "Quispe", "dni", "45678912", "+51912345678", "Jirón de la Unión", "500", null, "Cercado de Lima", "Lima", "Lima", "15001", "PER", -77.03, -12.05),
    ];

    internal static JsonObject Order(long number, DateTimeOffset at, Random chance, string account, bool isComplete)
    {
        var buyer = Buyers[chance.Next(Buyers.Length)];
        var money = Currency.Of(buyer.Country);
        string id = $"{(1_493_120_000_000 + number).ToString(CultureInfo.InvariantCulture)}-01";
        bool hasCoupon = chance.Next(4) == 0;
        bool isPickup = chance.Next(10) == 0;
        JsonArray items = [];
        JsonArray logistics = [];
        decimal goods = 0, off = 0;
        int lines = chance.Next(1, 4);
        for (int index = 0; index < lines; index++)
        {
            var good = Goods[(chance.Next(Goods.Length) + index) % Goods.Length];
            int quantity = chance.Next(1, 3);
            decimal price = money.Price(good.Price);
            decimal reduced = hasCoupon ? decimal.Round(price * quantity * 0.1m, 0) : 0;
            goods += price * quantity;
            off += reduced;
            items.Add((JsonNode)Item(good, id, index, quantity, price, money.Price(good.ListPrice), reduced));
            logistics.Add((JsonNode)Logistics(good, index, quantity, index == 0 ? money.Price(399_000) : 0, at, isPickup, buyer));
        }

        decimal freight = isPickup ? 0 : money.Price(399_000);
        decimal value = goods - off + freight;
        return new()
        {
            ["orderId"] = id, ["sequence"] = number.ToString(CultureInfo.InvariantCulture), ["marketplaceOrderId"] = "", ["marketplaceServicesEndpoint"] = null, ["sellerOrderId"] = "00-" + id, ["origin"] = "Marketplace",
            ["affiliateId"] = "", ["salesChannel"] = "1", ["merchantName"] = null, ["status"] = isComplete ? "order-created" : null, ["workflowIsInError"] = false, ["statusDescription"] = null, ["value"] = value,
            ["creationDate"] = Time(at), ["lastChange"] = Time(at), ["orderGroup"] = id[..^3], ["followUpEmail"] = $"{id[..^3]}@ct.vtex.com.br", ["lastMessage"] = null, ["hostname"] = account, ["isCompleted"] = isComplete,
            ["roundingError"] = 0, ["orderFormId"] = "5b1f0e3a9c7d4d6f8a21b3c4d5e6f708", ["allowCancellation"] = true, ["allowEdition"] = false, ["isCheckedIn"] = false, ["authorizedDate"] = null, ["invoicedDate"] = null,
            ["cancelReason"] = null, ["checkedInPickupPointId"] = null,
            ["totals"] = new JsonArray(Total("Items", "Total de los items", goods), Total("Discounts", "Total de descuentos", -off), Total("Shipping", "Costo total del envío", freight), Total("Tax", "Costo total del cambio", 0)),
            ["sellers"] = new JsonArray(new JsonObject { ["id"] = "1", ["name"] = "Andes Outdoor SpA", ["logo"] = "", ["fulfillmentEndpoint"] = $"http://fulfillment.vtexcommerce.com.br/api/fulfillment?an={account}" }),
            ["clientPreferencesData"] = new JsonObject { ["locale"] = money.Locale, ["optinNewsLetter"] = false },
            ["cancellationData"] = null, ["subscriptionData"] = null, ["taxData"] = null, ["giftRegistryData"] = null, ["commercialConditionData"] = null,
            ["storePreferencesData"] = new JsonObject
            {
                ["countryCode"] = buyer.Country, ["currencyCode"] = money.Code, ["currencyLocale"] = money.LocaleNumber, ["currencySymbol"] = money.Symbol, ["timeZone"] = money.Zone,
                ["currencyFormatInfo"] = new JsonObject { ["CurrencyDecimalDigits"] = money.Digits, ["CurrencyDecimalSeparator"] = ",", ["CurrencyGroupSeparator"] = ".", ["CurrencyGroupSize"] = 3, ["StartsWithCurrencySymbol"] = true },
            },
            ["openTextField"] = chance.Next(5) == 0 ? new JsonObject { ["value"] = "Dejar en conserjería" } : null, ["invoiceData"] = null, ["changesAttachment"] = null, ["callCenterOperatorData"] = null,
            ["customData"] = new JsonObject { ["customApps"] = new JsonArray(new JsonObject { ["id"] = "facturacion", ["major"] = 1, ["fields"] = new JsonObject { ["tipoDocumento"] = "boleta" } }) },
            ["marketingData"] = hasCoupon ? new JsonObject { ["id"] = "marketingData", ["utmSource"] = "newsletter", ["utmMedium"] = "email", ["utmCampaign"] = "nov", ["coupon"] = "CAMINO10", ["marketingTags"] = new JsonArray() } : null,
            ["ratesAndBenefitsData"] = new JsonObject { ["id"] = "ratesAndBenefitsData", ["rateAndBenefitsIdentifiers"] = hasCoupon ? new JsonArray(new JsonObject { ["id"] = "c0ffee00", ["name"] = "Cupón 10 %", ["featured"] = false }) : new JsonArray() },
            ["clientProfileData"] = buyer.Profile(id), ["items"] = items, ["marketplaceItems"] = new JsonArray(),
            ["shippingData"] = new JsonObject
            {
                ["id"] = "shippingData", ["address"] = isPickup ? Store() : buyer.Address(), ["logisticsInfo"] = logistics, ["trackingHints"] = null, ["selectedAddresses"] = new JsonArray(isPickup ? Store() : buyer.Address()), ["contactInformation"] = new JsonArray(),
            },
            ["paymentData"] = new JsonObject
            {
                ["giftCards"] = new JsonArray(),
                ["transactions"] = new JsonArray(new JsonObject
                {
                    ["isActive"] = true, ["transactionId"] = "9F00AA11BB22CC33DD44EE55FF667788", ["merchantName"] = account.ToUpperInvariant(),
                    ["payments"] = new JsonArray(new JsonObject
                    {
                        ["id"] = "0A1B2C3D4E5F60718293A4B5C6D7E8F9", ["paymentSystem"] = "201", ["paymentSystemName"] = "Webpay", ["value"] = value, ["installments"] = 1, ["referenceValue"] = value, ["group"] = "creditCard",
                        ["tid"] = number.ToString(CultureInfo.InvariantCulture), ["cardHolder"] = null, ["lastDigits"] = "1111", ["firstDigits"] = "444433", ["dueDate"] = null, ["url"] = null, ["giftCardId"] = null, ["billingAddress"] = null,
                    }),
                }),
            },
            ["packageAttachment"] = new JsonObject { ["packages"] = new JsonArray() },
        };
    }

    /// <summary>Seven digits of a second, as VTEX writes them.</summary>
    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff", CultureInfo.InvariantCulture) + "+00:00";

    private static JsonObject Total(string id, string name, decimal value) => new() { ["id"] = id, ["name"] = name, ["value"] = value };

    private static JsonObject Item(Good good, string order, int index, int quantity, decimal price, decimal listPrice, decimal off) => new()
    {
        ["uniqueId"] = $"{order.Replace("-", "", StringComparison.Ordinal)}{index:D2}".PadLeft(32, 'A'), ["id"] = good.Id, ["productId"] = good.Product, ["ean"] = good.Ean, ["lockId"] = "00-" + order, ["quantity"] = quantity, ["seller"] = "1",
        ["name"] = good.Name, ["refId"] = good.Reference, ["price"] = price, ["listPrice"] = listPrice, ["manualPrice"] = null,
        ["priceTags"] = off == 0 ? new JsonArray() : new JsonArray(new JsonObject { ["name"] = "discount@price-c0ffee00#1", ["value"] = -off, ["isPercentual"] = false, ["identifier"] = "c0ffee00", ["rawValue"] = -off / 100m }),
        ["imageUrl"] = $"https://andesoutdoor.example/{good.Id}.jpg", ["detailUrl"] = $"/{good.Id}/p", ["components"] = new JsonArray(), ["bundleItems"] = new JsonArray(), ["sellerSku"] = good.Id, ["tax"] = 0,
        ["additionalInfo"] = new JsonObject
        {
            ["brandName"] = "Andes", ["brandId"] = "12", ["categoriesIds"] = "/3/18/",
            ["dimension"] = new JsonObject { ["cubicweight"] = 0.21, ["height"] = 4.0, ["length"] = 30.0, ["weight"] = (double)good.Grams, ["width"] = 25.0 },
        },
        ["measurementUnit"] = "un", ["unitMultiplier"] = 1.0, ["sellingPrice"] = decimal.Round(price - (off / quantity), 0), ["isGift"] = false,
        ["priceDefinition"] = new JsonObject { ["sellingPrices"] = new JsonArray(), ["calculatedSellingPrice"] = decimal.Round(price - (off / quantity), 0), ["total"] = (price * quantity) - off, ["reason"] = null },
        ["parentItemIndex"] = null, ["assemblies"] = new JsonArray(),
    };

    private static JsonObject Logistics(Good good, int index, int quantity, decimal price, DateTimeOffset at, bool isPickup, Buyer buyer) => new()
    {
        ["itemIndex"] = index, ["selectedSla"] = isPickup ? "Retiro en tienda" : "Despacho a domicilio", ["lockTTL"] = "12d", ["price"] = isPickup ? 0 : price, ["listPrice"] = isPickup ? 0 : price, ["sellingPrice"] = isPickup ? 0 : price, ["deliveryWindow"] = null,
        ["deliveryCompany"] = "Courier RM", ["shippingEstimate"] = "2bd", ["shippingEstimateDate"] = Time(at.AddDays(2)), ["selectedDeliveryChannel"] = isPickup ? "pickup-in-point" : "delivery", ["deliveryChannel"] = isPickup ? "pickup-in-point" : "delivery",
        ["slas"] = new JsonArray(), ["shipsTo"] = new JsonArray((JsonNode)buyer.Country), ["pickupPointId"] = isPickup ? "1_tienda-maipu" : null,
        ["pickupStoreInfo"] = new JsonObject { ["additionalInfo"] = null, ["address"] = isPickup ? Store() : null, ["dockId"] = null, ["friendlyName"] = isPickup ? "Tienda Maipú" : null, ["isPickupStore"] = isPickup },
        ["deliveryIds"] = new JsonArray(new JsonObject { ["courierId"] = "rm-01", ["courierName"] = "Courier RM", ["dockId"] = "dock-" + good.Warehouse, ["quantity"] = quantity, ["warehouseId"] = good.Warehouse, ["accountCarrierName"] = "andesoutdoor", ["kitItemDetails"] = new JsonArray() }),
        ["addressId"] = isPickup ? "MAIPU" : "k3j2h1", ["polygonName"] = "", ["transitTime"] = "1bd",
    };

    private static JsonObject Store() => new()
    {
        ["addressType"] = "pickup", ["receiverName"] = null, ["addressId"] = "MAIPU", ["postalCode"] = "9250000", ["city"] = "", ["state"] = "Región Metropolitana", ["country"] = "CHL", ["street"] = "Avenida Pajaritos", ["number"] = "1700",
        ["neighborhood"] = "Maipú", ["complement"] = null, ["reference"] = null, ["geoCoordinates"] = new JsonArray(-70.757, -33.51),
    };

    private sealed record Good(string Id, string Product, string? Ean, string? Reference, string Name, decimal Price, decimal ListPrice, int Grams, string Warehouse);

    private sealed record Buyer(string First, string Last, string DocumentType, string Document, string Phone, string Street, string Number, string? Complement, string Neighborhood, string City, string State, string Postcode, string Country, double Longitude, double Latitude)
    {
        internal JsonObject Profile(string order) => new()
        {
            ["id"] = "clientProfileData", ["email"] = $"{order[..^3]}@ct.vtex.com.br", ["firstName"] = First, ["lastName"] = Last, ["documentType"] = DocumentType, ["document"] = Document, ["phone"] = Phone,
            ["corporateName"] = null, ["tradeName"] = null, ["corporateDocument"] = null, ["stateInscription"] = null, ["isCorporate"] = false, ["userProfileId"] = "8c1f6a52-0000-4b0e-9d3e-1a2b3c4d5e6f",
        };

        internal JsonObject Address() => new()
        {
            ["addressType"] = "residential", ["receiverName"] = $"{First} {Last.Split(' ')[0]}", ["addressId"] = "k3j2h1", ["postalCode"] = Postcode, ["city"] = City, ["state"] = State, ["country"] = Country, ["street"] = Street, ["number"] = Number,
            ["neighborhood"] = Neighborhood, ["complement"] = Complement, ["reference"] = null, ["geoCoordinates"] = new JsonArray(Longitude, Latitude),
        };
    }

    /// <summary>Prices are thought of in hundredths of pesos; other countries pay about as much.</summary>
    private sealed record Currency(string Code, string Symbol, int Digits, decimal Factor, string Locale, int LocaleNumber, string Zone)
    {
        internal static Currency Of(string country) => country switch
        {
            "BRA" => new("BRL", "R$", 2, 0.006m, "pt-BR", 1046, "E. South America Standard Time"),
            "PER" => new("PEN", "S/", 2, 0.004m, "es-PE", 10250, "SA Pacific Standard Time"),
            _ => new("CLP", "$", 0, 1m, "es-CL", 13322, "Pacific SA Standard Time"),
        };

        internal decimal Price(decimal hundredths) => decimal.Round(hundredths * Factor, 0);
    }
}
