using Crossdock.Connectors.Http;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Http;

public sealed class HttpConformanceTests : OrderTargetConformance
{
    protected override IConnector Connector { get; } = new HttpConnector();

    protected override string TakenAnswer => """{"id":"SHP-1"}""";

    protected override string? TakenId => "SHP-1";

    protected override IEnumerable<string> SecretTexts => ["s3cr3t/token+value"];

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Settings("http", "{}"), "settings.create"),
        (Settings("http", """{"create":{}}"""), "settings.create.url"),
        (Settings("http", """{"create":{"url":"ftp://a"}}"""), "settings.create.url"),
        (Settings("http", """{"create":{"url":"https://{{store}}.example/"}}"""), "settings.create.url"),
        (Settings("http", """{"create":{"url":"https://a.example/","body":"{{#if number}}"}}"""), "settings.create.body"),
        (Settings("http", """{"create":{"url":"https://a.example/","body":"{{monney total}}"}}"""), "settings.create.body"),
        (Settings("http", """{"create":{"url":"https://a.example/","contentType":"form"}}"""), "settings.create.body"),
        (Settings("http", """{"create":{"url":"https://a.example/","remoteId":"id"}}"""), "settings.create.remoteId"),
        (Settings("http", """{"create":{"url":"https://a.example/","success":{"status":["2xx"]}}}"""), "settings.create.success.status"),
        (Settings("http", """{"create":{"url":"https://a.example/","headers":{"a b":"c"}}}"""), "settings.create.headers.a b"),
        (Settings("http", """{"create":{"url":"https://a.example/"},"limits":{"concurrency":0}}"""), "settings.limits.concurrency"),
        (Settings("http", """{"create":{"url":"https://a.example/"},"auth":{"basic":{"user":"a"}}}"""), "settings.auth.basic.password"),
        (Settings("http", """{"create":{"url":"https://a.example/"},"auth":{"digest":{}}}"""), "settings.auth.digest"),
        (Settings("http", """{"create":{"url":"https://a.example/"},"destroy":{}}"""), "settings.destroy"),
    ];

    protected override ConnectionSettings At(string address) => Settings(
        "http", $$$"""{"create":{"url":"{{{address}}}/orders?key=s3cr3t%2Ftoken%2Bvalue","remoteId":"/id"},"auth":{"bearer":"s3cr3t/token+value"},"limits":{"timeoutSeconds":1}}""");
}
