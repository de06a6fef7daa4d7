using System.Reflection;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests;

/// <summary><c>docs/connectors.md</c> against the code.</summary>
public sealed class ConnectorsDocumentTests
{
    private static string Root { get; } = Path.GetFullPath(Path.Combine(WooCommerce.Woo.Folder, "..", "..", "..", ".."));

    private static string Document { get; } = File.ReadAllText(Path.Combine(Root, "docs", "connectors.md"));

    [Fact]
    public void Table_lists_the_connectors_with_their_abilities()
    {
        var emulators = Assembly.Load("Crossdock.Emulators").GetExportedTypes().Select(type => type.Name).ToHashSet(StringComparer.Ordinal);
        var rows = Document[Document.IndexOf("## Those that ship", StringComparison.Ordinal)..].Split('\n').SkipWhile(line => !line.StartsWith('|')).TakeWhile(line => line.StartsWith('|')).Skip(2)
            .Select(line => line.Trim('|', ' ').Split(" | ")).ToList();
        Assert.Equal(BuiltInConnectors.All.Select(connector => connector.Manifest.Platform).Order(StringComparer.Ordinal), rows.Select(row => row[0].Trim('`')));
        foreach (var (connector, row) in BuiltInConnectors.All.OrderBy(connector => connector.Manifest.Platform, StringComparer.Ordinal).Zip(rows))
        {
            Assert.Equal(
                [YesNo(connector is IWebhookSource), YesNo(connector is IOrderMapper), YesNo(connector is IOrderStates), YesNo(connector is IOrderTarget)],
                row[2..6]);
            Assert.StartsWith($"[{connector.Manifest.Title}](", row[1], StringComparison.Ordinal);
            Assert.True(File.Exists(Path.Combine(Root, "docs", row[1].Split('(')[1].TrimEnd(')'))), row[1]);
            if (row[6] == "-")
            {
                // Files have no other side to emulate.
                Assert.IsAssignableFrom<IFileSource>(connector);
                continue;
            }

            Assert.Contains(row[6].Trim('`'), emulators);
        }
    }

    [Fact]
    public void Every_interface_and_suite_is_explained()
    {
        string[] names = [.. typeof(IConnector).Assembly.GetExportedTypes().Where(type => type.Namespace == typeof(IConnector).Namespace && type.IsInterface && type != typeof(IWebhookHeaders)).Select(type => type.Name),
            .. typeof(ConnectorConformance).Assembly.GetExportedTypes().Where(type => type.IsAbstract && type.IsAssignableTo(typeof(ConnectorConformance))).Select(type => type.Name),
            .. typeof(Outcome).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Outcome))).Select(type => type.Name)];
        Assert.True(names.Length > 12);
        Assert.All(names, name => Assert.Contains($"`{name}`", Document, StringComparison.Ordinal));
    }

    [Fact]
    public void Example_for_a_shop_of_ones_own_is_true()
    {
        byte[] body = Encoding.UTF8.GetBytes(Between("body='", "'\n"));
        string signature = Between("At 1768482000 the signature is `", "`");
        var settings = new ConnectionSettings("own", "Own", "custom", JsonDocument.Parse("{}").RootElement, new Dictionary<string, string> { ["webhookSecret"] = Between("the secret `", "`") });
        Assert.Empty(new CustomConnector().Check(settings));
        var request = new SampleRequest(body, new SampleHeaders(("webhook-id", "msg_1001"), ("webhook-timestamp", "1768482000"), ("webhook-signature", signature))).At(DateTimeOffset.FromUnixTimeSeconds(1768482000));
        Assert.True(new CustomConnector().Open(settings).CheckSignature(request).IsValid);
        var order = Assert.IsType<MappedOrder>(new CustomConnector().MappingFor(settings).Map(new ReceivedEvent(body, "order.created", "A-1001", null, DateTimeOffset.UnixEpoch))).Order;
        Assert.Equal(("A-1001", PaymentStatus.Paid, new Money(24.90m, "EUR"), 2m), (order.ExternalId, order.PaymentStatus, order.Totals.Total, order.Lines[0].CurrentQuantity));
    }

    private static string Between(string start, string end)
    {
        int from = Document.IndexOf(start, StringComparison.Ordinal) + start.Length;
        Assert.True(from >= start.Length, start);
        return Document[from..Document.IndexOf(end, from, StringComparison.Ordinal)];
    }

    private static string YesNo(bool can) => can ? "yes" : "no";
}
