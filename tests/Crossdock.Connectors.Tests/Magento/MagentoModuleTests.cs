using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Magento;

/// <summary>Our module in PHP and our connector, held together: what the one signs the other takes.</summary>
public sealed class MagentoModuleTests
{
    [Fact]
    public async Task What_the_module_signs_passes_and_is_the_order()
    {
        string stamp = Mage.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var message = await SignAsync(Mage.Secret, stamp, Mage.Payload("order-cash-configurable"));
        byte[] body = Convert.FromBase64String(message["body"]!.GetValue<string>());
        var headers = new SampleHeaders(message["headers"]!.AsObject().Select(header => (header.Key, header.Value!.GetValue<string>())));
        var endpoint = Mage.Connector.Open(Mage.Store());
        var request = new SampleRequest(body, headers);
        Assert.True(endpoint.Accepts(headers["Content-Type"]));
        Assert.True(endpoint.CheckSignature(request.At(Mage.At)).IsValid);
        Assert.False(Mage.Connector.Open(Mage.Store("{}", ("webhookSecret", "another-secret-of-the-shop"))).CheckSignature(request.At(Mage.At)).IsValid);
        byte[] changed = [.. body];
        changed[^2] ^= 1;
        Assert.False(endpoint.CheckSignature((request with { Body = changed }).At(Mage.At)).IsValid);
        Assert.Equal("too_old", endpoint.CheckSignature(request.At(Mage.At.AddHours(1))).RefusedBecause);

        var envelope = endpoint.ReadEnvelope(request.At(Mage.At));
        Assert.Equal(("order.saved", "5120", "order.saved"), (envelope.Topic, envelope.OrderKey, headers["X-Hub-Event"]));
        Assert.Equal(OrderJson.Write(Mage.Order(Mage.Payload("order-cash-configurable"))), OrderJson.Write(Mage.Order(body)));
        Assert.DoesNotContain("protect_code", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Order_with_a_card_leaves_the_shop_without_its_token()
    {
        byte[] order = JsonSerializer.SerializeToUtf8Bytes(JsonNode.Parse(Mage.Payload("read-bundle-shipped-refunded"))!["order"]);
        var message = await SignAsync(Mage.Secret, "1793631852", order);
        byte[] body = Convert.FromBase64String(message["body"]!.GetValue<string>());
        Assert.DoesNotContain("tok_live", System.Text.Encoding.UTF8.GetString(body), StringComparison.Ordinal);
        Assert.Equal(("Niubiz", PaymentStatus.PartiallyRefunded), (Mage.Order(body).Payments[0].Title, Mage.Order(body).PaymentStatus));
    }

    private static async Task<JsonObject> SignAsync(string secret, string stamp, byte[] order)
    {
        string? php = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "php")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(php is null, "PHP is not on this machine (apt-get install php-cli)");
        var start = new ProcessStartInfo(php!, [Path.Combine(Mage.Root, "shop-modules", "tests", "magento", "sign.php"), secret, stamp]) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        await process.StandardInput.BaseStream.WriteAsync(order);
        process.StandardInput.Close();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        return JsonNode.Parse(output)!.AsObject();
    }
}
