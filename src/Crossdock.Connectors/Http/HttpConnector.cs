using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Http;

/// <summary>Any system with an HTTP interface, described by its connection's settings instead of code.</summary>
public sealed class HttpConnector : IConnector, IOrderTarget, IDeliveryNewsSource
{
    private static readonly SettingField Tracking = new()
    {
        Name = "tracking", Label = "Tracking", Help = "Where the document has the tracking, as JSON pointers.", Type = SettingType.Group,
        Fields =
        [
            new() { Name = "number", Label = "Number", Help = "For example /trackingNumber.", Type = SettingType.Text },
            new() { Name = "carrier", Label = "Carrier", Help = "Who carries it, for example /carrier/name.", Type = SettingType.Text },
            new() { Name = "url", Label = "Address", Help = "Where the buyer follows it, for example /trackingUrl.", Type = SettingType.Text },
        ],
    };

    private static readonly SettingField[] Call =
    [
        new() { Name = "method", Label = "Method", Help = "HTTP method; create uses POST, update PUT and cancel DELETE unless you say otherwise.", Type = SettingType.Choice, Choices = ["POST", "PUT", "PATCH", "DELETE", "GET"] },
        new() { Name = "url", Label = "Address", Help = "Where to call. May contain values of the order such as {{number}} or {{remoteId}} after the host.", Type = SettingType.Url, IsRequired = true, HasSecretQuery = true },
        new() { Name = "headers", Label = "Headers", Help = "Further headers; values may contain {{...}}. Values of headers that sign in are moved to the secrets.", Type = SettingType.Table, HasHeaders = true },
        new() { Name = "body", Label = "Body", Help = "Handlebars template over the canonical order; left out, the canonical order itself is sent as JSON.", Type = SettingType.MultilineText },
        new() { Name = "contentType", Label = "Content type", Help = "Whether the body is JSON or a form.", Type = SettingType.Choice, Choices = ["json", "form"], Default = "json" },
        new() { Name = "remoteId", Label = "Their id", Help = "JSON pointer to their id in the answer, for example /id.", Type = SettingType.Text },
        Tracking,
        new()
        {
            Name = "success", Label = "Success", Help = "When an answer means that they have it.", Type = SettingType.Group,
            Fields =
            [
                new() { Name = "status", Label = "Status", Help = "Statuses or ranges such as 200-299.", Type = SettingType.List, Default = "200-299" },
                new() { Name = "pointer", Label = "Pointer", Help = "JSON pointer to what decides, for example /ok.", Type = SettingType.Text },
                new() { Name = "equals", Label = "Equals", Help = "What must stand there; left out, anything but null and false will do.", Type = SettingType.Text },
            ],
        },
    ];

    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "http",
        Title = "HTTP",
        Summary = "Hands orders to any system with an HTTP interface: courier, warehouse, ERP, invoicing. What to call, what to send and what the answers mean are settings.",
        Settings =
        [
            new() { Name = "create", Label = "Create", Help = "How an order is handed over.", Type = SettingType.Group, IsRequired = true, Fields = Call },
            new() { Name = "update", Label = "Update", Help = "How they are told that an order they have has changed; left out, a person is asked.", Type = SettingType.Group, Fields = Call },
            new() { Name = "cancel", Label = "Cancel", Help = "How they are told that an order they have was cancelled; left out, a person is asked.", Type = SettingType.Group, Fields = Call },
            new()
            {
                Name = "find", Label = "Find", Help = "How they are asked whether they have an order, before an unclear call is repeated.", Type = SettingType.Group,
                Fields =
                [
                    new() { Name = "method", Label = "Method", Help = "HTTP method.", Type = SettingType.Choice, Choices = ["GET", "POST"], Default = "GET" },
                    new() { Name = "url", Label = "Address", Help = "Where to ask, for example https://courier.example/api/shipments?reference={{number}}.", Type = SettingType.Url, IsRequired = true, HasSecretQuery = true },
                    new() { Name = "headers", Label = "Headers", Help = "Further headers. Values of headers that sign in are moved to the secrets.", Type = SettingType.Table, HasHeaders = true },
                    new() { Name = "remoteId", Label = "Their id", Help = "JSON pointer to their id; nothing or null there means that they have not.", Type = SettingType.Text },
                    Tracking,
                    new() { Name = "notFoundStatus", Label = "Not found", Help = "The status that means that they have not.", Type = SettingType.Number, Default = "404", Minimum = 200, Maximum = 499 },
                ],
            },
            new()
            {
                Name = "status", Label = "Their news", Help = "How they tell that an order was taken, is under way or was delivered. Left out, an order stays processing until the shop says more.", Type = SettingType.Group,
                Fields =
                [
                    new() { Name = "carrier", Label = "Carrier", Help = "The carrier's name where they name none, for example Starken.", Type = SettingType.Text },
                    new() { Name = "trackingUrl", Label = "Tracking address", Help = "The address of a tracking number where they name none, for example https://courier.example/track/{number}.", Type = SettingType.Text },
                    new() { Name = "words", Label = "Words", Help = "What each of their words means: processing, in_shipment, delivered, cancelled, or none for no move.", Type = SettingType.Table },
                    new()
                    {
                        Name = "webhook", Label = "Their call", Help = "They call https://HUB/in/KEY, KEY being this connection's key. Where everything stands in what they send, as JSON pointers.", Type = SettingType.Group,
                        Fields =
                        [
                            new() { Name = "signature", Label = "Signature", Help = "How they prove that it is them: { kind: hmac, header: X-Signature }, { kind: token, header: X-Api-Key } and so on, as of a shop of one's own. Left out: Standard Webhooks with secrets.webhookSecret.", Type = SettingType.Group },
                            new() { Name = "list", Label = "List", Help = "Where the list is, when one call tells of several; the pointers below then start at each entry.", Type = SettingType.Text },
                            new() { Name = "reference", Label = "Reference", Help = "Where they name what we called it: the order's number, {{orderId}} or {{delivery.id}}, whichever create sends.", Type = SettingType.Text },
                            new() { Name = "remoteId", Label = "Their id", Help = "Where their own id is, the same as in the answer to create. Where a reference is given too, that decides.", Type = SettingType.Text },
                            new() { Name = "word", Label = "Word", Help = "Where their word for the state is, for example /status.", Type = SettingType.Text, IsRequired = true },
                            new() { Name = "at", Label = "Time", Help = "When it happened: ISO 8601 or seconds or milliseconds since 1970. Left out, the order of arrival counts.", Type = SettingType.Text },
                            new() { Name = "timeZone", Label = "Time zone", Help = "Of times without an offset, for example America/Santiago.", Type = SettingType.Text, Default = "UTC" },
                            new() { Name = "eventId", Label = "Event id", Help = "A pointer, or { header: X-Event-Id }: the same for a repeat. Left out: the header webhook-id, or else the same bytes are the same event.", Type = SettingType.Text },
                            Tracking,
                        ],
                    },
                ],
            },
            new()
            {
                Name = "auth", Label = "Sign-in", Help = "One of basic {user}, bearer, header {name}, hmac {header, algorithm, encoding, prefix}, oauth2 {tokenUrl, clientId, scope}. Passwords and tokens belong to the secrets; typed here, they are moved there.",
                Type = SettingType.Group,
            },
            new()
            {
                Name = "limits", Label = "Limits", Help = "How hard it may be pushed.", Type = SettingType.Group,
                Fields =
                [
                    new() { Name = "concurrency", Label = "Calls at once", Help = "How many calls may be under way at once.", Type = SettingType.Number, Default = "8", Minimum = 1, Maximum = 256 },
                    new() { Name = "perSecond", Label = "Calls per second", Help = "Left out, there is no limit.", Type = SettingType.Number },
                    new() { Name = "attempts", Label = "Attempts", Help = "Attempts before a delivery is given up.", Type = SettingType.Number, Default = "8", Minimum = 1, Maximum = 100 },
                    new() { Name = "timeoutSeconds", Label = "Time-out", Help = "How long one call may take, in seconds.", Type = SettingType.Number, Default = "15", Minimum = 1, Maximum = 120 },
                    new() { Name = "breakerFailures", Label = "Failures that open the breaker", Help = "Failures in a row after which calls stop for a while.", Type = SettingType.Number, Default = "10", Minimum = 1, Maximum = 1000 },
                    new() { Name = "breakerSeconds", Label = "Breaker time", Help = "How long calls stop, in seconds.", Type = SettingType.Number, Default = "30", Minimum = 1, Maximum = 3600 },
                    new() { Name = "backoffSeconds", Label = "First wait", Help = "Wait before the second attempt, in seconds; doubles with each.", Type = SettingType.Number, Default = "5", Minimum = 1, Maximum = 3600 },
                    new() { Name = "backoffMaximumSeconds", Label = "Longest wait", Help = "The longest wait between two attempts, in seconds.", Type = SettingType.Number, Default = "3600", Minimum = 1, Maximum = 86_400 },
                ],
            },
        ],
        Secrets =
        [
            new() { Name = "bearer", InSettings = "auth.bearer", Label = "Bearer token", Help = "For auth.bearer: the token their administration shows." },
            new() { Name = "password", InSettings = "auth.basic.password", Label = "Password", Help = "For auth.basic." },
            new() { Name = "headerValue", InSettings = "auth.header.value", Label = "Header value", Help = "For auth.header: the API key." },
            new() { Name = "hmacSecret", InSettings = "auth.hmac.secret", Label = "Signing secret", Help = "For auth.hmac: what the body is signed with." },
            new() { Name = "webhookSecret", Label = "Secret of their calls", Help = "For status.webhook.signature: what they sign with." },
            new() { Name = "previousWebhookSecret", Label = "Former secret of their calls", Help = "For Standard Webhooks: still accepted while they change to the new one." },
            new() { Name = "webhookToken", Label = "Token of their calls", Help = "For status.webhook.signature of kind token." },
            new() { Name = "webhookPassword", Label = "Password of their calls", Help = "For status.webhook.signature of kind basic." },
            new() { Name = "clientSecret", InSettings = "auth.oauth2.clientSecret", Label = "Client secret", Help = "For auth.oauth2." },
        ],
    };

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        HttpSettings.Read(connection, problems);
        return problems;
    }

    public IDestination Open(ConnectionSettings connection, HttpClient http, TimeProvider clock)
    {
        List<SettingProblem> problems = [];
        var settings = HttpSettings.Read(connection, problems)
            ?? throw new ArgumentException($"the settings of {connection.Key} were not checked: {string.Join("; ", problems)}", nameof(connection));
        return new HttpDestination(settings, http, clock);
    }

    public IDeliveryNews? OpenNews(ConnectionSettings connection) => HttpSettings.Read(connection, [])?.News;
}
