using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.Vtex;

/// <summary>Fields of the order that the whole documents beside this file do not show.</summary>
public sealed class VtexFieldTests
{
    [Theory]
    [InlineData("Región de Arica y Parinacota (XV)", "AP")]
    [InlineData("Región de Tarapacá (I)", "TA")]
    [InlineData("Región de Antofagasta (II)", "AN")]
    [InlineData("Región de Atacama (III)", "AT")]
    [InlineData("Región de Coquimbo (IV)", "CO")]
    [InlineData("Región de Valparaíso (V)", "VS")]
    [InlineData("Región Metropolitana", "RM")]
    [InlineData("Región del Libertador General Bernardo O’Higgins (VI)", "LI")]
    [InlineData("Región del Maule (VII)", "ML")]
    [InlineData("Región del Ñuble (XVI)", "NB")]
    [InlineData("Región del Biobío (VIII)", "BI")]
    [InlineData("Región de La Araucanía (IX)", "AR")]
    [InlineData("Región de Los Ríos (XIV)", "LR")]
    [InlineData("Región de Los Lagos (X)", "LL")]
    [InlineData("Región de Aysén del General Carlos Ibáñez del Campo (XI)", "AI")]
    [InlineData("Región de Magallanes y la Antártica Chilena (XII)", "MA")]
    [InlineData("RM", "RM")]
    [InlineData("metropolitana", "RM")]
    public void Chilean_region_is_known_by_VTEXs_name(string state, string region)
    {
        var address = VtexSamples.Order(Address(state: state, neighborhood: null)).ShipTo!;
        Assert.Equal((region, state, "CL"), (address.Region, address.RegionName, address.Country));
    }

    [Theory]
    [InlineData("BRA", "SP", "SP")]
    [InlineData("ARG", "Córdoba", "X")]
    [InlineData("COL", "Antioquia", "ANT")]
    [InlineData("PER", "Lima", "LIM")]
    [InlineData("MEX", "Jalisco", "JAL")]
    [InlineData("USA", "TX", "TX")]
    [InlineData("ECU", "Guayas", "G")]
    public void Region_of_other_countries_is_a_code_too(string country, string state, string region)
    {
        var address = VtexSamples.Order(Address(state: state, country: country)).ShipTo!;
        Assert.Equal((country[..2] == "CH" ? "CL" : address.Country, region), (address.Country, address.Region));
        Assert.Equal(2, address.Country!.Length);
    }

    [Theory]
    [InlineData("nunoa", "Ñuñoa")]
    [InlineData("Chicureo", "Colina")]
    [InlineData("Las Condes", "Las Condes")]
    public void Commune_comes_from_the_neighborhood(string neighborhood, string commune)
    {
        var address = VtexSamples.Order(Address(neighborhood: neighborhood, city: "")).ShipTo!;
        Assert.Equal((commune, commune), (address.District, address.City));
    }

    [Fact]
    public void Stores_own_names_of_regions_and_communes_are_settings()
    {
        var store = VtexSamples.Store("""{"account":"andesoutdoor","regionAliases":{"Santiago Oriente":"CL-RM"},"communeAliases":{"Centro de Ski - La Parva":"Lo Barnechea"}}""");
        var address = VtexSamples.Order(Address(state: "santiago  oriente", neighborhood: "centro de ski la parva"), store).ShipTo!;
        Assert.Equal(("RM", "Lo Barnechea", "santiago  oriente"), (address.Region, address.District, address.RegionName));
    }

    [Theory]
    [InlineData("[-70.5501,-33.4012]", -33.4012, -70.5501)]
    [InlineData("[]", null, null)]
    [InlineData("[0,0]", null, null)]
    [InlineData("[-33.4,-170.5]", null, null)]
    [InlineData("null", null, null)]
    public void Longitude_comes_first(string coordinates, double? latitude, double? longitude)
    {
        var address = VtexSamples.Order(VtexSamples.With(order => order["shippingData"]!["address"]!["geoCoordinates"] = JsonNode.Parse(coordinates))).ShipTo!;
        Assert.Equal((latitude, longitude), (address.Latitude, address.Longitude));
    }

    [Fact]
    public void House_number_is_kept_apart_and_in_the_line()
    {
        var address = VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses")).ShipTo!;
        Assert.Equal(("Avenida Los Arrayanes 1250", "1250", "Depto 804"), (address.Line1, address.HouseNumber, address.Line2));
        Assert.Equal("Avenida Los Arrayanes 1250", VtexSamples.Order(VtexSamples.With(order => order["shippingData"]!["address"]!["street"] = "Avenida Los Arrayanes 1250")).ShipTo!.Line1);
    }

    [Fact]
    public void Amounts_are_hundredths_of_every_currency_unless_the_store_says_otherwise()
    {
        Assert.Equal(new Money(47362m, "CLP"), VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses")).Totals.Total);
        Assert.Equal(new Money(4736200m, "CLP"), VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses"), VtexSamples.Store("""{"account":"andesoutdoor","amountDecimals":0}""")).Totals.Total);
        Assert.Equal("618.30 BRL", VtexSamples.Order(VtexSamples.Payload("brazil-partly-sent")).Totals.Total.ToString());
    }

    [Theory]
    [InlineData("refId", "PT-M-AZ")]
    [InlineData("id", "2041")]
    [InlineData("ean", "7801234567894")]
    public void SKU_is_the_field_that_the_store_chose(string field, string sku) =>
        Assert.Equal(sku, VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses"), VtexSamples.Store($$"""{"account":"andesoutdoor","skuField":"{{field}}"}""")).Lines[0].Sku);

    [Fact]
    public void Item_without_a_reference_code_falls_back_to_VTEXs_id() => Assert.Equal("777", VtexSamples.Order(VtexSamples.Payload("brazil-partly-sent")).Lines[1].Sku);

    [Fact]
    public void Weight_of_the_catalogue_may_be_in_kilograms()
    {
        var store = VtexSamples.Store("""{"account":"andesoutdoor","weightUnit":"kg"}""");
        Assert.Equal(220_000, VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses"), store).Lines[0].WeightGrams);
        Assert.Equal((220L, 820L), (VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses")).Lines[0].WeightGrams!.Value, VtexSamples.Order(VtexSamples.Payload("chile-two-warehouses")).WeightGrams!.Value));
    }

    [Fact]
    public void Masked_personal_data_are_held()
    {
        var order = VtexSamples.Order(VtexSamples.With(document => document["shippingData"]!["address"]!["receiverName"] = "J****** R****"));
        Assert.Equal("address_withheld", order.Concerns.Single().Code);
    }

    [Fact]
    public void Parcel_without_a_street_and_parcels_to_two_addresses_are_held()
    {
        Assert.Equal("address_missing", VtexSamples.Order(VtexSamples.With(document => document["shippingData"]!["address"]!["street"] = null)).Concerns.Single().Code);
        Assert.Equal("several_addresses", VtexSamples.Order(VtexSamples.With(document => document["shippingData"]!["logisticsInfo"]![1]!["addressId"] = "other")).Concerns.Single().Code);
    }

    [Fact]
    public void Card_data_are_not_passed_on()
    {
        string order = Encoding.UTF8.GetString(OrderJson.Write(VtexSamples.Order(VtexSamples.With(document =>
        {
            var payment = document["paymentData"]!["transactions"]![0]!["payments"]![0]!;
            payment["cardNumber"] = "4444333322221111";
            payment["cardHolder"] = "JAVIERA ROJAS P";
            payment["cvv2"] = "351";
            payment["dueDate"] = "12/29";
        }))));
        Assert.All(new[] { "4444333322221111", "JAVIERA ROJAS P", "\"351\"", "12/29" }, secret => Assert.DoesNotContain(secret, order, StringComparison.Ordinal));
    }

    [Fact]
    public void Gift_card_pays_a_part_once()
    {
        var order = VtexSamples.Order(VtexSamples.Payload("brazil-partly-sent"));
        Assert.Equal(["bankInvoice 518.30 BRL", "giftCard 100.00 BRL"], order.Payments.Select(payment => $"{payment.Method} {payment.Amount}"));
        var listed = VtexSamples.Order(VtexSamples.With(document => document["paymentData"]!["giftCards"] = JsonNode.Parse("""[{"id":"12","redemptionCode":"NAVIDAD-9","value":500000,"inUse":true,"name":"Tarjeta"}]""")));
        Assert.Equal(("giftCard", new Money(5000m, "CLP")), (listed.Payments[1].Method, listed.Payments[1].Amount!.Value));
        Assert.DoesNotContain("NAVIDAD-9", Encoding.UTF8.GetString(OrderJson.Write(listed)), StringComparison.Ordinal);
    }

    private static byte[] Address(string? state = "Región Metropolitana", string? neighborhood = "Las Condes", string? city = "Las Condes", string country = "CHL") => VtexSamples.With(order =>
    {
        var address = order["shippingData"]!["address"]!;
        (address["state"], address["neighborhood"], address["city"], address["country"]) = (state, neighborhood, city, country);
    });
}
