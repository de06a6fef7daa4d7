using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Custom;

/// <summary>Stores with their own software: Crossdock's own signed JSON, or whatever they send, described by settings.</summary>
public sealed class CustomConnector : IConnector, IWebhookSource, IOrderMapper, IOrderStates, IDocumentShape
{
    public ConnectorManifest Manifest { get; } = new()
    {
        Platform = "custom",
        Title = "Custom store",
        Summary = "A store with its own software. It sends Crossdock's own signed JSON (schema at /schemas/order.json); or, when it cannot change what it sends, settings say how its signature and its fields are to be read.",
        Settings =
        [
            new()
            {
                Name = "signature", Label = "Signature", Help = "How the shop proves that it is the shop. Left out: Standard Webhooks.", Type = SettingType.Group,
                Fields =
                [
                    new() { Name = "kind", Label = "Kind", Help = "The scheme: standard (Standard Webhooks), hmac, token, basic or none.", Type = SettingType.Choice, Choices = ["standard", "hmac", "token", "basic", "none"], Default = "standard" },
                    new() { Name = "header", Label = "Header", Help = "The header that carries it." },
                    new() { Name = "query", Label = "Query parameter", Help = "The query parameter that carries it, instead of a header." },
                    new() { Name = "algorithm", Label = "Algorithm", Help = "Hash of an HMAC.", Type = SettingType.Choice, Choices = ["sha1", "sha256", "sha512"], Default = "sha256" },
                    new() { Name = "encoding", Label = "Encoding", Help = "How the HMAC is written.", Type = SettingType.Choice, Choices = ["hex", "base64"], Default = "hex" },
                    new() { Name = "key", Label = "Key", Help = "How the secret is to be read.", Type = SettingType.Choice, Choices = ["text", "hex", "base64"], Default = "text" },
                    new() { Name = "prefix", Label = "Prefix", Help = "What stands in front of it, for example sha256=." },
                    new() { Name = "timestampHeader", Label = "Timestamp header", Help = "The header with the Unix time that is signed as well." },
                    new() { Name = "signed", Label = "What is signed", Help = "{body}, or for example {timestamp}.{body}." },
                    new() { Name = "toleranceSeconds", Label = "Tolerance", Help = "How far the timestamp may be off, in seconds.", Type = SettingType.Number, Default = "300", Minimum = 1, Maximum = 86_400 },
                    new() { Name = "user", Label = "User", Help = "The name of Basic sign-in." },
                ],
            },
            new()
            {
                Name = "envelope", Label = "Envelope", Help = "Where things are in a body of the shop's own: order or list (JSON pointers), jsonInString, topic and eventId (pointer, or { header: NAME }), ignoreTopics.", Type = SettingType.Group,
            },
            new()
            {
                Name = "fields", Label = "Fields", Type = SettingType.Group,
                Help = "From our names to places in the shop's order: externalId: /id, or { path, const, values, default, date, zone, money: main or cents, currency, each }. Left out, the shop sends Crossdock's own JSON.",
            },
        ],
        Secrets =
        [
            new() { Name = "webhookSecret", Label = "Signing secret", Help = "For standard: whsec_ and base64. For hmac: the shared secret." },
            new() { Name = "previousWebhookSecret", Label = "Former signing secret", Help = "Accepted as well while the secret is being changed (standard only)." },
            new() { Name = "webhookToken", Label = "Token", Help = "For the kind token." },
            new() { Name = "webhookPassword", Label = "Password", Help = "For the kind basic." },
        ],
    };

    public IReadOnlyDictionary<string, OrderState> FromPlatform { get; } = Enum.GetValues<OrderState>()
        .Where(state => IsShopsOwn(EnumNames<OrderState>.Of(state))).ToDictionary(EnumNames<OrderState>.Of, StringComparer.Ordinal).AsReadOnly();

    public string? ToPlatform(OrderState state) => EnumNames<OrderState>.Of(state) is var name && FromPlatform.ContainsKey(name) ? name : null;

    public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection)
    {
        List<SettingProblem> problems = [];
        CustomSettings.Read(connection, problems);
        return problems;
    }

    public IWebhookEndpoint Open(ConnectionSettings connection) => new CustomWebhooks(CustomSettings.Read(connection, []));

    public IOrderMapping MappingFor(ConnectionSettings connection) =>
        CustomSettings.Read(connection, []) is { Fields: { } fields } settings ? new DeclaredOrderMapping(settings.Envelope, fields) : new CustomOrderMapping();

    public DocumentShape ShapeOf(ConnectionSettings connection) => CustomSettings.Read(connection, []) switch
    {
        { Fields: null } => CustomShape.Own,
        // What stands inside a text is no place of the document.
        { Envelope.IsJsonInString: true } => DocumentShape.None,
        { Fields: { } fields, Envelope: var envelope } => CustomShape.Of(fields, envelope.List is { } list ? CustomShape.Path("", list) + "[]" : CustomShape.Path("", envelope.Order)),
    };

    /// <summary>False for the states that only the hub decides.</summary>
    internal static bool IsShopsOwn(string state) => state is not ("awaiting_approval" or "approved" or "excluded");
}
