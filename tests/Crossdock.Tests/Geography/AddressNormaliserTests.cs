using Crossdock.Model.Geography;
using Crossdock.Model.Orders;
using Crossdock.Tests.Rules;
using Xunit;

namespace Crossdock.Tests.Geography;

public sealed class AddressNormaliserTests
{
    /// <summary>The capital region as platforms, home-made checkouts and buyers write it.</summary>
    public static TheoryData<string> Capital =>
    [
        "RM", "rm", "R.M.", "CL-RM", "cl-rm", "XIII", "13", "Metropolitana", "METROPOLITANA", "Región Metropolitana", "Region Metropolitana", "Región Metropolitana de Santiago", "Región Metropolitana (RM)",
        "Región Metropolitana de Santiago (XIII)", "Metropolitana de Santiago", "Santiago Metropolitan", "Metropolitan Region", "Santiago", "XIII Región Metropolitana", "Región  metropolitana ",
    ];

    /// <summary>VTEX's exact names.</summary>
    public static TheoryData<string, string> Vtex => new()
    {
        { "Región de Arica y Parinacota (XV)", "AP" }, { "Región de Tarapacá (I)", "TA" }, { "Región de Antofagasta (II)", "AN" }, { "Región de Atacama (III)", "AT" }, { "Región de Coquimbo (IV)", "CO" },
        { "Región de Valparaíso (V)", "VS" }, { "Región Metropolitana", "RM" }, { "Región del Libertador General Bernardo O’Higgins (VI)", "LI" }, { "Región del Maule (VII)", "ML" }, { "Región del Ñuble (XVI)", "NB" },
        { "Región del Biobío (VIII)", "BI" }, { "Región de La Araucanía (IX)", "AR" }, { "Región de Los Ríos (XIV)", "LR" }, { "Región de Los Lagos (X)", "LL" },
        { "Región de Aysén del General Carlos Ibáñez del Campo (XI)", "AI" }, { "Región de Magallanes y la Antártica Chilena (XII)", "MA" },
    };

    /// <summary>What Jumpseller sends: a FIPS number, and the name that decides.</summary>
    public static TheoryData<string, string, string> Jumpseller => new()
    {
        { "01", "Valparaíso", "VS" }, { "02", "Aysén", "AI" }, { "03", "Antofagasta", "AN" }, { "04", "La Araucanía", "AR" }, { "05", "Atacama", "AT" }, { "06", "Biobío", "BI" }, { "07", "Coquimbo", "CO" }, { "08", "O'Higgins", "LI" },
        { "10", "Magallanes", "MA" }, { "11", "Maule", "ML" }, { "12", "Metropolitana", "RM" }, { "14", "Los Lagos", "LL" }, { "15", "Tarapacá", "TA" }, { "16", "Arica y Parinacota", "AP" }, { "17", "Los Ríos", "LR" }, { "18", "Ñuble", "NB" },
    };

    [Theory, MemberData(nameof(Capital))]
    public void Rule_on_the_capital_holds_for_every_spelling(string region)
    {
        const string Rule = "[ { name: R, when: { field: shipTo.region, in: [RM] }, then: [ { exclude: order, because: no } ] } ]";
        Assert.All([new Address { Country = "CL", Region = region }, new Address { Country = "Chile", RegionName = region }], address =>
            Assert.Equal("no", RuleText.Decide(Rule, RuleText.Order() with { ShipTo = AddressNormaliser.Normalise(address) }).ExcludedBecause));
    }

    [Theory, MemberData(nameof(Vtex))]
    public void Region_of_vtex_is_understood(string region, string code) => Assert.Equal(code, AddressNormaliser.Normalise(new Address { Country = "CHL", Region = region }).Region);

    [Theory, MemberData(nameof(Jumpseller))]
    public void Region_of_jumpseller_is_understood_by_its_name(string number, string name, string code) =>
        Assert.Equal(code, AddressNormaliser.Normalise(new Address { Country = "CL", Region = number, RegionName = name }).Region);

    [Theory]
    [InlineData("CL", "O'Higgins", "LI")]
    [InlineData("CL", "Libertador Gral. Bernardo O´Higgins", "LI")]
    [InlineData("CL", "VI Región", "LI")]
    [InlineData("CL", "Aisén del General Carlos Ibañez del Campo", "AI")]
    [InlineData("CL", "Bio-Bio", "BI")]
    [InlineData("CL", "Magallanes Region", "MA")]
    [InlineData("CL", "5", "VS")]
    [InlineData("CL", "05", "VS")]
    [InlineData("AR", "Capital Federal", "C")]
    [InlineData("AR", "Provincia de Buenos Aires", "B")]
    [InlineData("AR", "CABA", "C")]
    [InlineData("BR", "São Paulo", "SP")]
    [InlineData("BR", "Estado do Rio de Janeiro", "RJ")]
    [InlineData("CO", "Bogotá, D.C.", "DC")]
    [InlineData("CO", "CO-ANT", "ANT")]
    [InlineData("CO", "Valle del Cauca", "VAC")]
    [InlineData("EC", "Pichincha", "P")]
    [InlineData("ES", "Comunidad de Madrid", "M")]
    [InlineData("ES", "Vizcaya", "BI")]
    [InlineData("MX", "Q ROO", "ROO")]
    [InlineData("MX", "CDMX", "CMX")]
    [InlineData("MX", "Estado de México", "MEX")]
    [InlineData("MX", "JAL", "JAL")]
    [InlineData("PE", "PE-LMA", "LMA")]
    [InlineData("PE", "Lima (Metropolitan)", "LMA")]
    [InlineData("PE", "Departamento de Arequipa", "ARE")]
    [InlineData("UY", "UY-MO", "MO")]
    [InlineData("PY", "Asunción", "ASU")]
    [InlineData("BO", "Beni", "B")]
    [InlineData("US", "California", "CA")]
    [InlineData("CA", "Québec", "QC")]
    [InlineData("PT", "Lisboa", "11")]
    public void Region_is_understood(string country, string region, string code)
    {
        Assert.Equal(code, AddressNormaliser.Normalise(new Address { Country = country, Region = region }).Region);
        Assert.Equal(code, AddressNormaliser.Normalise(new Address { Country = country, RegionName = region }).Region);
    }

    [Fact]
    public void Chilean_address_of_shopify_gets_region_and_commune()
    {
        var address = AddressNormaliser.Normalise(new Address { Line1 = "Irarrázaval 1", City = "NUNOA", Region = "RM", RegionName = "Santiago Metropolitan", Country = "CL" });
        Assert.Equal(("CL", "RM", "Santiago Metropolitan", "Ñuñoa", "NUNOA"), (address.Country, address.Region, address.RegionName, address.District, address.City));
    }

    [Fact]
    public void Chilean_address_of_vtex_without_city_gets_one()
    {
        var address = AddressNormaliser.Normalise(new Address { District = "Maipu", Region = "Región Metropolitana", Country = "CHL" });
        Assert.Equal(("CL", "RM", "Región Metropolitana de Santiago", "Maipú", "Maipú"), (address.Country, address.Region, address.RegionName, address.District, address.City));
    }

    [Fact]
    public void Region_comes_from_the_commune_where_the_shop_gives_none()
    {
        Assert.Equal("VS", AddressNormaliser.Normalise(new Address { Country = "CL", City = "Vina del Mar" }).Region);
        Assert.Equal("LI", AddressNormaliser.Normalise(new Address { Country = "CL", District = "Rancagua", City = "Somewhere" }).Region);
    }

    [Fact]
    public void City_of_the_same_name_in_another_region_is_no_commune()
    {
        var address = AddressNormaliser.Normalise(new Address { Country = "CL", Region = "VS", City = "Maipú" });
        Assert.Equal(("VS", null, "Maipú"), (address.Region, address.District, address.City));
    }

    [Fact]
    public void Country_comes_from_the_code_of_the_region() => Assert.Equal("CL", AddressNormaliser.Normalise(new Address { Region = "CL-RM" }).Country);

    [Theory]
    [InlineData("Atlantis", "North", "Old Town")]
    [InlineData("CL", "Nowhere", "Old Town")]
    [InlineData("PL", "mazowieckie", "Śródmieście")]
    [InlineData(null, "RM", null)]
    [InlineData("", "", "")]
    public void Unknown_input_stays_as_it_was(string? country, string? region, string? district)
    {
        var address = new Address { Country = country, Region = region, District = district, City = "Gotham", RegionName = "East" };
        Assert.Same(address, AddressNormaliser.Normalise(address));
    }

    [Fact]
    public void Normalised_address_stays_the_same_object()
    {
        var once = AddressNormaliser.Normalise(new Address { Country = "Chile", City = "nunoa", RegionName = "XIII" });
        Assert.Same(once, AddressNormaliser.Normalise(once));
    }

    [Fact]
    public void Nothing_is_allocated_but_the_result()
    {
        Address[] addresses =
        [
            new() { Country = "CL", Region = "RM", RegionName = "Región Metropolitana de Santiago", District = "Ñuñoa", City = "Santiago" },
            new() { Country = "PL", City = "Łódź" },
            new() { Country = "Chile", Region = "Región Metropolitana de Santiago (XIII)", District = "Peñalolén" },
        ];
        Array.ForEach(addresses, address => AddressNormaliser.Normalise(address));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            AddressNormaliser.Normalise(addresses[i % 2]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        before = GC.GetAllocatedBytesForCurrentThread();
        _ = addresses[2] with { Country = "CL" };
        long one = GC.GetAllocatedBytesForCurrentThread() - before;
        before = GC.GetAllocatedBytesForCurrentThread();
        AddressNormaliser.Normalise(addresses[2]);
        Assert.Equal(one, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
