using System.Text;

namespace Crossdock.Connectors.Tests.Custom;

/// <summary>Invented documents.</summary>
internal static class CustomSamples
{
    private const string Order = """
        {"externalId":"A-1","number":"1001","state":"new","paymentStatus":"paid","placedAt":"2026-01-02T03:04:05+01:00","updatedAt":"2026-01-02T03:04:05Z","currency":"EUR",
         "totals":{"total":{"amount":"24.90","currency":"EUR"},"shipping":{"amount":4.9,"currency":"EUR"}},
         "shipTo":{"name":"Zoë Ñandú","line1":"Calle Mayor 1","city":"Madrid","region":"M","postcode":"28013","country":"ES"},
         "lines":[{"id":"1","sku":"MUG-1","name":"Mug","quantity":2,"currentQuantity":2,"unitPrice":{"amount":"10","currency":"EUR"}}],
         "tags":["gift"],"attributes":{"po":"77"}}
        """;

    internal const string DeclaredSettings = """
        {"signature":{"kind":"hmac","header":"X-Shop-Signature","algorithm":"sha256","encoding":"hex","prefix":"sha256=","timestampHeader":"X-Shop-Time","signed":"{timestamp}.{body}"},
         "envelope":{"order":"/payload/order","topic":"/event","eventId":"/event_id","ignoreTopics":["stock.changed"]},
         "fields":{
          "externalId":"/id","number":{"path":"/display_no"},"currency":{"path":"/cur","default":"CLP"},
          "state":{"path":"/status","values":{"paid":"new","waiting":"awaiting_payment","sent":"in_shipment"},"default":"new"},
          "totals.total":{"path":"/total","money":"cents"},"totals.shipping":{"path":"/freight","money":"main"},
          "placedAt":{"path":"/created","date":"yyyy-MM-dd HH:mm:ss","zone":"America/Santiago"},"updatedAt":{"path":"/changed","date":"unixMillis"},
          "channel":{"const":"own"},"shipTo.name":"/to/full_name","shipTo.line1":"/to/address_1","shipTo.city":"/to/city","shipTo.country":{"path":"/to/country_code"},
          "attributes.po":"/po","customer.email":"/mail",
          "lines":{"path":"/items","each":{"id":"/row","sku":"/code","name":"/title","quantity":"/qty","unitPrice":{"path":"/price","money":"cents"}}}}}
        """;

    internal static byte[] Bare { get; } = Encoding.UTF8.GetBytes(Order);

    internal static byte[] Enveloped { get; } = Encoding.UTF8.GetBytes($$"""{"type":"order.updated","timestamp":"2026-01-02T03:04:06Z","data":{{Order}} }""");

    internal static byte[] Declared { get; } = Encoding.UTF8.GetBytes("""
        {"event":"order.placed","event_id":"e-1","payload":{"order":{"id":9007199254740993,"display_no":"N-7","status":"paid","total":4279240,"freight":"2990.5","created":"2026-01-15 10:00:00","changed":1768482000123,
         "to":{"full_name":"Ana Díaz","address_1":"Av. Siempre Viva 742","city":"Ñuñoa","country_code":"cl"},"po":"77","mail":"ana@example.com",
         "items":[{"row":1,"code":"MUG-1","title":"Taza","qty":"2","price":1000},{"row":2,"code":"BOX","title":"Caja","qty":1.5,"price":50}]}}}
        """);
}
