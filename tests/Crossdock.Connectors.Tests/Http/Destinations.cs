using System.Text.Json;
using Crossdock.Connectors.Http;
using Crossdock.Model;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Xunit;

namespace Crossdock.Connectors.Tests.Http;

/// <summary>What the tests of the HTTP destination share: a client like the hub's, an order, settings.</summary>
internal sealed class Destinations : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }) { Timeout = Timeout.InfiniteTimeSpan };

    internal static HttpConnector Connector { get; } = new();

    internal static Order Order { get; } = new()
    {
        ExternalId = "1001",
        Number = "#1001",
        Currency = "EUR",
        PlacedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Totals = new OrderTotals { Total = new Money(12.90m, "EUR"), TaxesIncluded = true },
        ShipTo = new Address { Name = "Ana Rojas", Line1 = "Calle Mayor 1", City = "Madrid", Country = "ES" },
        Lines =
        [
            new LineItem { Id = "1", Sku = "MUG-1", Name = "Mug", Quantity = 2, CurrentQuantity = 2, WeightGrams = 300 },
            new LineItem { Id = "2", Name = "Lamp", Quantity = 1.5m, CurrentQuantity = 1.5m },
        ],
        WeightGrams = 600,
    };

    internal static ConnectionSettings Settings(string json, params (string Name, string Value)[] secrets)
    {
        using var document = JsonDocument.Parse(json);
        return new ConnectionSettings("courier", "Courier", "http", document.RootElement.Clone(), secrets.ToDictionary(secret => secret.Name, secret => secret.Value));
    }

    internal static DeliveryRequest Request(Order? order = null, DeliveryKind kind = DeliveryKind.Create, string? remoteId = null, string? body = null, int attempt = 1) => new(
        new DeliveryId(Guid.Parse("01900000-0000-7000-8000-000000000001")), kind, new OrderId(Guid.Parse("01900000-0000-7000-8000-000000000002")), OrderJson.Write(order ?? Order), "acme", remoteId, body, attempt);

    internal IDestination Open(string json, TimeProvider? clock = null, params (string Name, string Value)[] secrets)
    {
        var settings = Settings(json, secrets);
        Assert.Empty(Connector.Check(settings));
        return Connector.Open(settings, client, clock ?? TimeProvider.System);
    }

    /// <summary>Opens, sends once, closes.</summary>
    internal async Task<SendResult> SendAsync(string json, DeliveryRequest? request = null, TimeProvider? clock = null, params (string Name, string Value)[] secrets)
    {
        using var destination = Open(json, clock, secrets);
        return await destination.SendAsync(request ?? Request(), TestContext.Current.CancellationToken);
    }

    public void Dispose() => client.Dispose();
}
