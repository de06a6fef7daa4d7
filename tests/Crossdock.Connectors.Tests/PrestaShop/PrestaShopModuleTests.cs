using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>What our PHP module makes and signs, against this connector. Needs php (php-cli).</summary>
public sealed class PrestaShopModuleTests
{
    [Fact]
    public void Signature_and_document_of_the_module_are_understood()
    {
        var (headers, body) = Emit(Presta.Noon);
        var endpoint = Presta.Connector.Open(Presta.Store());
        var request = new SampleRequest(body, new SampleHeaders(headers)).At(Presta.Noon);
        Assert.True(endpoint.Accepts(request.Headers["Content-Type"]));
        Assert.True(endpoint.CheckSignature(request).IsValid);
        Assert.Equal("too_old", endpoint.CheckSignature(new SampleRequest(body, new SampleHeaders(headers)).At(Presta.Noon.AddMinutes(6))).RefusedBecause);
        var envelope = endpoint.ReadEnvelope(request);
        Assert.Equal(("order.state_changed", "7b1f4f5e-0d0a-4c8e-9b37-0a3d5c2f9e11", "1042"), (envelope.Topic, envelope.DedupeKey, envelope.OrderKey));

        var order = Assert.IsType<MappedOrder>(Presta.Map(body, topic: envelope.Topic)).Order;
        Assert.Equal(("1042", "QWKZJTPLA", OrderState.New, PaymentStatus.Paid, new Money(38970m, "CLP")), (order.ExternalId, order.Number, order.State, order.PaymentStatus, order.Totals.Total));
        Assert.Equal(("2 Pago aceptado", new DateTimeOffset(2026, 11, 2, 14, 43, 41, TimeSpan.Zero)), (order.PlatformStatus, order.UpdatedAt!.Value));
        Assert.Equal([("MOCH-30-V", 2m, 31990m), ("MOSQ-1", 1m, 3990m)], order.Lines.Select(line => (line.Sku!, line.Quantity, line.Total!.Value.Amount)));
        Assert.Equal(("Los Aromos 455", "VS", "CL", "+56922223333", "12345678-5"), (order.ShipTo!.Line1, order.ShipTo.Region, order.ShipTo.Country, order.ShipTo.Phone, order.Customer!.TaxId));
        Assert.Equal(("CL-99", "https://courier.example/?t=CL-99", "Llamar antes de llegar", "1043"), (order.Fulfilments.Single().TrackingNumbers.Single(), order.Fulfilments[0].TrackingUrls.Single(), order.Note, order.Attributes["split_with"]));
        Assert.Empty(order.Concerns);
    }

    private static (List<(string Name, string Value)> Headers, byte[] Body) Emit(DateTimeOffset at)
    {
        string? script = WooCommerce.Woo.Up("shop-modules/tests/prestashop");
        Assert.SkipWhen(script is null, "the folder shop-modules is not above the test");
        string? php = Environment.GetEnvironmentVariable("PATH")?.Split(':').Select(folder => Path.Combine(folder, "php")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(php is null, "php is not installed: apt-get install php-cli");
        using var process = Process.Start(new ProcessStartInfo(php!, [Path.Combine(script!, "emit.php"), Presta.Secret, at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        using var document = JsonDocument.Parse(output);
        return ([.. document.RootElement.GetProperty("headers").EnumerateObject().Select(header => (header.Name, header.Value.GetString()!))], document.RootElement.GetProperty("body").GetBytesFromBase64());
    }
}
