using Crossdock.Model.Geography;
using Xunit;

namespace Crossdock.Tests.Geography;

/// <summary>The tables are whole, and find what shops write.</summary>
public sealed class PlacesTests
{
    [Fact]
    public void All_countries_are_there_once_and_are_found_by_code_and_name()
    {
        Assert.Equal(249, Countries.All.Count);
        Assert.Equal(249, Countries.All.Select(country => country.Alpha2).Distinct().Count());
        Assert.Equal(249, Countries.All.Select(country => country.Alpha3).Distinct().Count());
        Assert.All(Countries.All, country => Assert.All([country.Alpha2, country.Alpha3, country.Name, country.SpanishName, country.Alpha2.ToLowerInvariant()], text => Assert.Same(country, Countries.Find(text))));
        Assert.All(Countries.All, country => Assert.Matches("^[A-Z]{2} [A-Z]{3}$", $"{country.Alpha2} {country.Alpha3}"));
    }

    [Theory]
    [InlineData("Chile", "CL")]
    [InlineData("peru", "PE")]
    [InlineData("MÉXICO", "MX")]
    [InlineData("Brasil", "BR")]
    [InlineData("EE.UU.", "US")]
    [InlineData("USA", "US")]
    [InlineData("United States of America", "US")]
    [InlineData("España", "ES")]
    [InlineData("Polska", "PL")]
    [InlineData("Deutschland", "DE")]
    [InlineData("Korea, Republic of", "KR")]
    [InlineData("Trinidad & Tobago", "TT")]
    [InlineData("St. Lucia", "LC")]
    [InlineData("Atlantis", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Country_is_found_by_what_shops_write(string? text, string? code) => Assert.Equal(code, Countries.Find(text)?.Alpha2);

    [Fact]
    public void Regions_are_as_many_as_the_countries_have()
    {
        Dictionary<string, int> counts = new()
        {
            ["AR"] = 24, ["BO"] = 9, ["BR"] = 27, ["CA"] = 13, ["CL"] = 16, ["CO"] = 33, ["CR"] = 7, ["DO"] = 32, ["EC"] = 24, ["ES"] = 62, ["GT"] = 22, ["HN"] = 18, ["MX"] = 32,
            ["NI"] = 17, ["PA"] = 13, ["PE"] = 26, ["PT"] = 20, ["PY"] = 18, ["SV"] = 14, ["US"] = 57, ["UY"] = 19, ["VE"] = 25,
        };
        Assert.Equal(counts.OrderBy(pair => pair.Key, StringComparer.Ordinal), Regions.KnownCountries.Order(StringComparer.Ordinal).Select(country => KeyValuePair.Create(country, Regions.Of(country).Count)));
        Assert.Empty(Regions.Of("PL"));
    }

    [Fact]
    public void Every_region_is_found_by_its_code_and_its_name() => Assert.All(Regions.KnownCountries.SelectMany(Regions.Of), region => Assert.All(
        [region.Code, $"{region.Country}-{region.Code}", region.Code.ToLowerInvariant(), region.Name, region.Name.ToUpperInvariant(), PlaceNames.Fold(region.Name)],
        text => Assert.Equal(region, Regions.Find(region.Country, text))));

    [Fact]
    public void Chile_has_346_communes_in_16_regions()
    {
        Dictionary<string, int> counts = new()
        {
            ["AI"] = 10, ["AN"] = 9, ["AP"] = 4, ["AR"] = 32, ["AT"] = 9, ["BI"] = 33, ["CO"] = 15, ["LI"] = 33, ["LL"] = 30, ["LR"] = 12, ["MA"] = 11, ["ML"] = 30, ["NB"] = 21, ["RM"] = 52, ["TA"] = 7, ["VS"] = 38,
        };
        Assert.Equal(346, ChileanCommunes.All.Count);
        Assert.Equal(346, ChileanCommunes.All.Select(commune => PlaceNames.Fold(commune.Name)).Distinct().Count());
        Assert.Equal(counts, ChileanCommunes.All.GroupBy(commune => commune.Region).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()));
        Assert.Equal(Regions.Of("CL").Select(region => region.Code).Order(StringComparer.Ordinal), counts.Keys);
    }

    [Fact]
    public void Every_commune_is_found_in_any_spelling_of_its_name() => Assert.All(ChileanCommunes.All, commune => Assert.All(
        [commune.Name, commune.Name.ToUpperInvariant(), PlaceNames.Fold(commune.Name), $" {commune.Name.Replace(' ', '-')} "], text => Assert.Same(commune, ChileanCommunes.Find(text))));

    [Theory]
    [InlineData("Nunoa", "Ñuñoa")]
    [InlineData("ESTACION CENTRAL", "Estación Central")]
    [InlineData("Est. Central", "Estación Central")]
    [InlineData("La Calera", "Calera")]
    [InlineData("Llay-Llay", "Llaillay")]
    [InlineData("PUERTO AYSEN", "Aysén")]
    [InlineData("Coihaique", "Coyhaique")]
    [InlineData("PUERTO NATALES", "Natales")]
    [InlineData("SAN FRANCISCO DE MOSTAZAL", "Mostazal")]
    [InlineData("Til Til", "Tiltil")]
    [InlineData("Santiago Centro", "Santiago")]
    [InlineData("O´Higgins", "O'Higgins")]
    [InlineData("Chicureo", "Colina")]
    [InlineData("Centro de Ski - La Parva", "Lo Barnechea")]
    [InlineData("Springfield", null)]
    public void Commune_is_found_by_what_shops_write(string text, string? name) => Assert.Equal(name, ChileanCommunes.Find(text)?.Name);

    [Theory]
    [InlineData("ñandú  Ñuñoa", "nandu nunoa")]
    [InlineData(" O’Higgins. ", "ohiggins")]
    [InlineData("Łódź", "lodz")]
    [InlineData("Große-Straße", "grosse strasse")]
    [InlineData("n\u0303un\u0303oa", "nunoa")]
    [InlineData("Đà Nẵng", "da nang")]
    [InlineData("東京", "東京")]
    [InlineData("", "")]
    [InlineData("...", "")]
    [InlineData("\ud800x", "x")]
    public void Name_is_folded(string text, string folded) => Assert.Equal(folded, PlaceNames.Fold(text));

    [Fact]
    public void Name_of_any_length_is_folded() => Assert.Equal(new string('n', 5000), PlaceNames.Fold(new string('ñ', 5000)));
}
