using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Http;

public sealed class HttpConformanceTests : OrderTargetConformance
{
    protected override IConnector Connector => Destinations.Connector;

    protected override string Secret => "t0ken-of-the-courier";

    protected override ConnectionSettings At(string address) => Settings("http", """
        {"create":{"url":"ADDRESS/api/shipments","body":"{\"reference\":\"{{number}}\",\"name\":\"{{shipTo.name}}\",\"pieces\":{{packages.length}} }","remoteId":"/id","success":{"status":["200-201",204,409]}},
         "update":{"url":"ADDRESS/api/shipments/{{remoteId}}"},
         "find":{"url":"ADDRESS/api/shipments?reference={{number}}","remoteId":"/items/0/id"},"auth":{"bearer":true},"limits":{"concurrency":4,"perSecond":2.5}}
        """.Replace("ADDRESS", address, StringComparison.Ordinal), ("bearer", Secret));

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Of("{}"), "settings.create"),
        (Of("""{"create":{}}"""), "settings.create.url"),
        (Of("""{"create":{"url":"courier"}}"""), "settings.create.url"),
        (Of("""{"create":{"url":"ftp://courier.example/"}}"""), "settings.create.url"),
        (Of("""{"create":{"url":"https://{{store}}.example/"}}"""), "settings.create.url"),
        (Of("""{"create":{"url":"https://courier.example{{number}}"}}"""), "settings.create.url"),
        (Of("""{"create":{"url":"https://user:secret@courier.example/"}}"""), "settings.create.url"),
        (Of("""{"create":{"url":"https://c.example/","method":"HEAD"}}"""), "settings.create.method"),
        (Of("""{"create":{"url":"https://c.example/","body":"{{#each lines}}"}}"""), "settings.create.body"),
        (Of("""{"create":{"url":"https://c.example/","body":"{\"note\":\"{{{note}}}\"}"}}"""), "settings.create.body"),
        (Of("""{"create":{"url":"https://c.example/","body":"{\"note\":\"{{&note}}\"}"}}"""), "settings.create.body"),
        (Of("""{"create":{"url":"https://c.example/","body":"{\"note\":{{json note}}}"}}"""), "settings.create.body"),
        (Of("""{"create":{"url":"https://c.example/","body":"{\"at\":\"{{date placedAt 'yyyy' 'Mars/Base'}}\"}"}}"""), "settings.create.body"),
        (Of("""{"create":{"url":"https://c.example/","headers":{"X Y":"1"}}}"""), "settings.create.headers.X Y"),
        (Of("""{"create":{"url":"https://c.example/","headers":{"Host":"other.example"}}}"""), "settings.create.headers.Host"),
        (Of("""{"create":{"url":"https://c.example/","headers":{"X-Y":"1\r\nX-Z: 2"}}}"""), "settings.create.headers.X-Y"),
        (Of("""{"create":{"url":"https://c.example/","remoteId":"id"}}"""), "settings.create.remoteId"),
        (Of("""{"create":{"url":"https://c.example/","success":{"status":["ok"]}}}"""), "settings.create.success.status"),
        (Of("""{"create":{"url":"https://c.example/","success":{"equals":"yes"}}}"""), "settings.create.success.equals"),
        (Of("""{"create":{"url":"https://c.example/"},"limits":{"attempts":0}}"""), "settings.limits.attempts"),
        (Of("""{"create":{"url":"https://c.example/"},"limits":{"timeoutSeconds":1.5}}"""), "settings.limits.timeoutSeconds"),
        (Of("""{"create":{"url":"https://c.example/"},"auth":"magic"}"""), "settings.auth"),
        (Of("""{"create":{"url":"https://c.example/"},"auth":{"bearer":true}}"""), "settings.auth.bearer"),
        (Of("""{"create":{"url":"https://c.example/"},"auth":{"bearer":"a","header":{"name":"X-Key","value":"b"}}}"""), "settings.auth"),
        (Of("""{"create":{"url":"https://c.example/"},"auth":{"oauth2":{"tokenUrl":"nowhere","clientId":"a","clientSecret":"b"}}}"""), "settings.auth.oauth2.tokenUrl"),
        (Of("""{"create":{"url":"https://c.example/"},"auth":{"hmac":{"header":"X","secret":"s","algorithm":"md5"}}}"""), "settings.auth.hmac.algorithm"),
        (Of("""{"create":{"url":"https://c.example/"},"retries":3}"""), "settings.retries"),
    ];

    private static ConnectionSettings Of(string json) => Settings("http", json);
}
