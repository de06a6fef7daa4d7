using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Privacy;
using Xunit;

namespace Crossdock.Tests.Privacy;

public sealed class PersonalTextTests
{
    [Fact]
    public void Payload_of_Shopify_loses_the_person_and_keeps_what_counts()
    {
        const string Payload = """
            {"id":7001,"name":"#1001","email":"ana@example.com","phone":"+56911112222","total_price":"25990.00","currency":"CLP","note":"Ring twice, ask for Ana","browser_ip":"190.1.2.3","source_name":"web",
             "customer":{"id":5,"first_name":"Ana","last_name":"Rojas","email":"ana@example.com","orders_count":3,"default_address":{"address1":"Av. Siempre Viva 742","province_code":"RM","country_code":"CL"}},
             "shipping_address":{"name":"Ana Rojas","address1":"Av. Siempre Viva 742","city":"Santiago","province":"Santiago Metropolitan","province_code":"RM","country_code":"CL","zip":"8320000","latitude":-33.4},
             "line_items":[{"id":1,"sku":"SKU-1","name":"Boots","quantity":1,"price":"25990.00","properties":[{"name":"Engraving","value":"For Ana Rojas"}]}],"note_attributes":[{"name":"Gift","value":"for my mother"}]}
            """;
        var person = new PersonalText();
        person.AddFrom(Payload);
        string clean = person.Without(Payload);
        foreach (string gone in (string[])["ana@", "Rojas", "Siempre", "11112222", "8320000", "190.1", "Ring", "mother", "33.4", "\"Santiago\""])
        {
            Assert.DoesNotContain(gone, clean, StringComparison.OrdinalIgnoreCase);
        }

        var order = JsonNode.Parse(clean)!;
        Assert.Equal(("#1001", "25990.00", "web", 3), (order["name"]!.GetValue<string>(), order["total_price"]!.GetValue<string>(), order["source_name"]!.GetValue<string>(), order["customer"]!["orders_count"]!.GetValue<int>()));
        Assert.Equal(("RM", "CL", "Santiago Metropolitan"), (order["shipping_address"]!["province_code"]!.GetValue<string>(), order["shipping_address"]!["country_code"]!.GetValue<string>(), order["shipping_address"]!["province"]!.GetValue<string>()));
        Assert.Equal(("SKU-1", "Boots"), (order["line_items"]![0]!["sku"]!.GetValue<string>(), order["line_items"]![0]!["name"]!.GetValue<string>()));
        Assert.Equal(clean, person.Without(clean));
    }

    [Fact]
    public void What_is_no_JSON_loses_the_words_that_are_known_of_the_person()
    {
        var person = new PersonalText();
        person.AddFrom("""{"shipping":{"first_name":"José","last_name":"Muñoz","address_1":"Los Aromos 12","state":"RM"},"billing":{"email":"jose@example.cl"}}""");
        Assert.Equal("<to><name>erased erased</name><street>erased</street><city>Arica</city></to>", person.Without("<to><name>JOSÉ Muñoz</name><street>Los Aromos 12</street><city>Arica</city></to>"));
        Assert.Equal("Joséphine stays, erased goes", person.Plain("Joséphine stays, José goes"));
        person.Add("+56 9 1234-5678");
        Assert.Equal("erased or erased, not 123456", person.Plain("912345678 or (9) 1234 5678, not 123456"));
        Assert.Equal("erased", Encoding.UTF8.GetString(person.Without([0xff, 0xfe, 0x00, 0x41])));
        byte[] other = Encoding.UTF8.GetBytes("""{"id":1,"total":"2.00"}""");
        Assert.Same(other, person.Without(other));
    }

    [Fact]
    public void Body_in_a_body_is_cleaned_too()
    {
        var person = new PersonalText();
        Assert.Equal("""{"id":1,"inner":"{\"receiver\":{\"name\":\"erased\"},\"sku\":\"A\"}"}""", person.Without("""{"id":1,"inner":"{\"receiver\":{\"name\":\"Eva Luna\"},\"sku\":\"A\"}"}"""));
    }
}
