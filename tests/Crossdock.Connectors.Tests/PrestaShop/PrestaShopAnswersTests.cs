using System.Text;
using Crossdock.Connectors.PrestaShop;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>The bodies that a webservice gives.</summary>
public sealed class PrestaShopAnswersTests
{
    [Theory]
    [InlineData("[]", 0)]
    [InlineData("""{"orders":[]}""", 0)]
    [InlineData("""{"orders":[{"id":1},{"id":2}]}""", 2)]
    [InlineData("""{"order":{"id":1}}""", 1)]
    [InlineData("<br />\n<b>Notice</b>: Undefined index: {x} [y] in a.php\n{\"orders\":[{\"id\":1}]}", 1)]
    [InlineData("{\"orders\":[{\"id\":1}]}<br /><b>Warning</b>: {late}", 1)]
    [InlineData("<b>Notice</b>: x\n[]", 0)]
    [InlineData("<?xml version=\"1.0\"?><prestashop><orders></orders></prestashop>", 0)]
    [InlineData("<?xml version=\"1.0\"?><prestashop><orders/></prestashop>", 0)]
    [InlineData("<?xml version=\"1.0\"?><prestashop><orders><order id=\"7\"/></orders></prestashop>", 1)]
    [InlineData("<b>Notice</b>: x\n<?xml version=\"1.0\"?><prestashop><order><id><![CDATA[7]]></id></order></prestashop>\n<b>Warning</b>", 1)]
    [InlineData("<prestashop><order><id> \n <![CDATA[7]]> \n </id></order></prestashop>", 1)]
    [InlineData("", null)]
    [InlineData("OK", null)]
    [InlineData("<html><body><script>var a = {};</script>[]</body></html>", null)]
    [InlineData("<html><script>var a = {\"order\":1};</script></html>", null)]
    [InlineData("{\"orders\":[{\"id\":1", null)]
    [InlineData("<?xml version=\"1.0\"?><prestashop><orders><order>", null)]
    [InlineData("<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><prestashop><order><id>&e;</id></order></prestashop>", null)]
    [InlineData("""{"errors":[{"code":32,"message":"no"}]}""", null)]
    public void Rows_are_found_or_it_is_no_document(string body, int? rows) => Assert.Equal(rows, PrestaShopAnswers.Rows(Encoding.UTF8.GetBytes(body), "orders")?.Count);

    [Fact]
    public void XML_and_JSON_give_the_same_row()
    {
        const string Xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <prestashop xmlns:xlink="http://www.w3.org/1999/xlink"><order><id><![CDATA[5]]></id><module><![CDATA[a & <b>]]></module><note></note>
            <associations><order_rows nodeType="order_row"><order_row><id><![CDATA[9]]></id><product_name><![CDATA[Ñ]]></product_name></order_row></order_rows></associations></order></prestashop>
            """;
        const string Json = """{"order":{"id":"5","module":"a & <b>","note":"","associations":{"order_rows":[{"id":"9","product_name":"Ñ"}]}}}""";
        Assert.Equal(PrestaShopAnswers.Rows(Encoding.UTF8.GetBytes(Json), "orders")![0].ToJsonString(), PrestaShopAnswers.Rows(Encoding.UTF8.GetBytes(Xml), "orders")![0].ToJsonString());
    }

    [Theory]
    [InlineData("""{"name":[{"id":"1","value":""},{"id":"2","value":"Envío"}]}""", "Envío")]
    [InlineData("""{"name":"Envío"}""", "Envío")]
    [InlineData("""{"name":7}""", "7")]
    [InlineData("""{"name":""}""", null)]
    [InlineData("""{"name":null}""", null)]
    public void Text_in_several_languages_is_the_first_that_is_there(string row, string? text) =>
        Assert.Equal(text, PrestaShopAnswers.Text(PrestaShopAnswers.Rows(Encoding.UTF8.GetBytes($$"""{"carrier":{{row}}}"""), "carriers")![0], "name"));

    [Theory]
    [InlineData("""{"errors":[{"code":32,"message":"Bad filter"}]}""", 32, "Bad filter")]
    [InlineData("<?xml version=\"1.0\"?><prestashop><errors><error><code><![CDATA[18]]></code><message><![CDATA[Invalid key]]></message></error></errors></prestashop>", 18, "Invalid key")]
    public void Errors_are_in_the_shops_own_words(string body, int code, string message) => Assert.Equal((code, message), PrestaShopAnswers.Error(Encoding.UTF8.GetBytes(body)));
}
