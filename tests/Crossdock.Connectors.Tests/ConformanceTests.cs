using System.Reflection;
using System.Text.Json;
using Crossdock.Connectors.WooCommerce;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests;

/// <summary>The suites themselves: every connector runs those of its abilities, and a connector with a fault fails them.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public void Every_connector_runs_the_suites_of_its_abilities()
    {
        var run = typeof(ConformanceTests).Assembly.GetExportedTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(ConnectorConformance)))
            .Select(type => (Suite: type, Connector: ConnectorOf(type))).ToList();
        foreach (var connector in BuiltInConnectors.All)
        {
            var suites = run.Where(entry => entry.Connector == connector.GetType()).Select(entry => entry.Suite).ToList();
            Assert.True(suites.Count > 0, $"{connector.Manifest.Platform} runs no suite");
            Assert.Equal(connector is IWebhookSource, suites.Exists(suite => suite.IsSubclassOf(typeof(WebhookSourceConformance))));
            Assert.Equal(connector is IOrderMapper, suites.Exists(suite => suite.IsSubclassOf(typeof(OrderMapperConformance))));
            Assert.Equal(connector is IOrderTarget, suites.Exists(suite => suite.IsSubclassOf(typeof(OrderTargetConformance))));
            Assert.Equal(connector is IOrderStates, suites.Exists(suite => suite.IsSubclassOf(typeof(OrderStatesConformance))));
            Assert.Equal(connector is IOrderSource, suites.Exists(suite => suite.IsSubclassOf(typeof(OrderSourceConformance))));
            Assert.Equal(connector is IOrderFeedSource, suites.Exists(suite => suite.IsSubclassOf(typeof(OrderFeedConformance))));
            Assert.Equal(connector is ISubscriptionSource, suites.Exists(suite => suite.IsSubclassOf(typeof(SubscriptionConformance))));
            Assert.Equal(connector is IOrderStatusTarget, suites.Exists(suite => suite.IsSubclassOf(typeof(OrderStatusConformance))));
            Assert.Equal(connector is IDocumentShape and IOrderSource, suites.Exists(suite => suite.IsSubclassOf(typeof(ShapeConformance))));
            Assert.Equal(connector is IConnectionTest, suites.Exists(suite => suite.IsSubclassOf(typeof(ConnectionTestConformance))));
        }
    }

    [Theory]
    [InlineData("none", "")]
    [InlineData("accepts everything", "Body_changed_by_one_byte_is_refused,Missing_or_doubled_or_empty_signature_is_refused,Damaged_signature_is_refused,Signature_of_another_store_is_refused")]
    [InlineData("accepts nothing", "Right_signature_passes,Endpoint_serves_many_threads_alike")]
    [InlineData("throws on garbage", "Garbage_never_throws_and_still_has_an_envelope")]
    [InlineData("long keys", "Garbage_never_throws_and_still_has_an_envelope,Headers_of_any_kind_never_throw")]
    [InlineData("key by time", "Envelope_is_stable_and_repeats_share_their_dedupe_key")]
    [InlineData("takes orders for probes", "Sample_is_no_probe")]
    public void Webhook_suite_finds_the_fault(string fault, string found) => Find(new Webhooks(fault), fault == "none", found);

    [Theory]
    [InlineData("none", "")]
    [InlineData("throws on null", "Fields_dropped_or_of_another_type_never_throw")]
    [InlineData("throws on broken JSON", "Truncated_payloads_never_throw")]
    [InlineData("parks everything", "Samples_map")]
    [InlineData("local times", "Samples_map")]
    [InlineData("empty texts", "Samples_map")]
    [InlineData("no reason", "Garbage_is_unmappable_with_a_reason")]
    public void Mapper_suite_finds_the_fault(string fault, string found) => Find(new Mapper(fault), fault == "none", found);

    // Every fact of the suite is run: those named must fail, and without a fault none may.
    private static void Find(object suite, bool mustPass, string found)
    {
        var failed = new List<string>();
        foreach (var fact in suite.GetType().GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null && method.GetParameters().Length == 0))
        {
            try
            {
                fact.Invoke(suite, null);
            }
            catch (TargetInvocationException)
            {
                failed.Add(fact.Name);
            }
        }

        Assert.Equal(mustPass, failed.Count == 0);
        Assert.All(found.Split(',', StringSplitOptions.RemoveEmptyEntries), name => Assert.Contains(name, failed));
    }

    private static Type ConnectorOf(Type suite) => suite.GetProperty("Connector", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(Activator.CreateInstance(suite))!.GetType();

    private sealed class Webhooks(string fault) : WebhookSourceConformance
    {
        protected override IConnector Connector { get; } = new Faulty(fault);
        protected override ConnectionSettings Valid => WooCommerce.Woo.Store();
        protected override ConnectionSettings OtherStore => WooCommerce.Woo.Store(secret: "AnotherShopsSecret123456789");
        protected override string SignatureHeader => "X-WC-Webhook-Signature";
        protected override byte[] SampleBody => WooCommerce.Woo.Payload("cash-on-delivery");
        protected override SampleRequest Sign(ConnectionSettings connection, byte[] body) => WooCommerce.Woo.Signed(body, secret: connection.Secret("webhookSecret")!);
    }

    private sealed class Mapper(string fault) : OrderMapperConformance
    {
        protected override IConnector Connector { get; } = new Faulty(fault);
        protected override ConnectionSettings Valid => WooCommerce.Woo.Store();
        protected override IEnumerable<(string Topic, byte[] Payload)> Samples => [("order.updated", WooCommerce.Woo.Payload("cash-on-delivery"))];
    }

    /// <summary>WooCommerce's connector with one fault.</summary>
    private sealed class Faulty(string fault) : IConnector, IWebhookSource, IOrderMapper
    {
        private static readonly WooCommerceConnector Sound = new();

        public ConnectorManifest Manifest => Sound.Manifest;

        public IReadOnlyList<SettingProblem> Check(ConnectionSettings connection) => Sound.Check(connection);

        public IWebhookEndpoint Open(ConnectionSettings connection) => new FaultyEndpoint(fault, Sound.Open(connection));

        public IOrderMapping MappingFor(ConnectionSettings connection) => new FaultyMapping(fault, Sound.MappingFor(connection));
    }

    private sealed class FaultyEndpoint(string fault, IWebhookEndpoint sound) : IWebhookEndpoint
    {
        public TimeSpan AnswerWithin => sound.AnswerWithin;

        public bool Accepts(string? contentType) => sound.Accepts(contentType);

        public ProbeAnswer? Probe(in WebhookRequest request) => fault == "takes orders for probes" ? new ProbeAnswer(200, null, default, "ping") : sound.Probe(request);

        public SignatureCheck CheckSignature(in WebhookRequest request) => fault switch
        {
            "accepts everything" => SignatureCheck.Valid,
            "accepts nothing" => SignatureCheck.Refused("wrong"),
            _ => sound.CheckSignature(request),
        };

        public Envelope ReadEnvelope(in WebhookRequest request)
        {
            var envelope = sound.ReadEnvelope(request);
            switch (fault)
            {
                case "throws on garbage":
                    JsonDocument.Parse(request.Body).Dispose();
                    return envelope;
                case "long keys":
                    return envelope with { DedupeKey = new string('x', 201) };
                case "key by time":
                    return envelope with { DedupeKey = envelope.DedupeKey + request.ReceivedAt.ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture) };
                default:
                    return envelope;
            }
        }
    }

    private sealed class FaultyMapping(string fault, IOrderMapping sound) : IOrderMapping
    {
        public MappingOutcome Map(in ReceivedEvent received)
        {
            switch (fault)
            {
                case "throws on broken JSON":
                    JsonDocument.Parse(received.Payload).Dispose();
                    break;
                case "throws on null" when Billing(received.Payload) == JsonValueKind.Null:
                    throw new FormatException("billing is null");
                case "parks everything":
                    return new Unmappable("not today");
                default:
                    break;
            }

            return (fault, sound.Map(received)) switch
            {
                ("local times", MappedOrder mapped) => new MappedOrder(mapped.Order with { PlacedAt = mapped.Order.PlacedAt?.ToOffset(TimeSpan.FromHours(2)) }),
                ("empty texts", MappedOrder mapped) => new MappedOrder(mapped.Order with { ShipTo = new Address { Name = "" } }),
                ("no reason", Unmappable) => new Unmappable(""),
                (_, var outcome) => outcome,
            };
        }

        private static JsonValueKind Billing(ReadOnlyMemory<byte> payload)
        {
            try
            {
                using var document = JsonDocument.Parse(payload);
                return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("billing", out var billing) ? billing.ValueKind : JsonValueKind.Undefined;
            }
            catch (JsonException)
            {
                return JsonValueKind.Undefined;
            }
        }
    }
}
