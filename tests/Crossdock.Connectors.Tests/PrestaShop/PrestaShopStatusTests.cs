using System.Globalization;
using Crossdock.Connectors.PrestaShop;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Reading;
using Xunit;

namespace Crossdock.Connectors.Tests.PrestaShop;

/// <summary>Telling an emulated shop, and trying a connection: what their suites do not ask.</summary>
public sealed class PrestaShopStatusTests : IAsyncLifetime
{
    private readonly FakeClock clock = new();
    private readonly HttpClient control = new();
    private readonly List<IDisposable> opened = [];
    private PrestaShopEmulator shop = null!;

    public async ValueTask InitializeAsync() => shop = await PrestaShopEmulator.StartAsync(new() { Clock = clock, UnpaidRate = 0 });

    public async ValueTask DisposeAsync()
    {
        opened.ForEach(one => one.Dispose());
        control.Dispose();
        await shop.DisposeAsync();
    }

    [Fact]
    public async Task Tracking_is_written_before_the_state()
    {
        long id = await PaidAsync();
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.InShipment));
        Assert.Equal(["tracking TRACK-1", "state 4"], shop.ToldOf(id));
        Assert.Equal("4", (string)shop.Order(id)!["current_state"]!);
        var carrier = shop.RowsOf("order_carriers", id).Single();
        Assert.Equal(("TRACK-1", "58"), ((string)carrier["tracking_number"]!, (string)carrier["id_carrier"]! is "58" or "59" ? "58" : "?"));
        Assert.NotEqual("", (string)carrier["weight"]!);
    }

    [Fact]
    public async Task Unpaid_order_never_gets_a_state_that_counts_as_paid()
    {
        long id = await PaidAsync();
        await shop.EditAsync(id, order => (order["total_paid_real"], order["current_state"]) = ("0.000000", "13"), isSilent: true);
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.InShipment));
        Assert.Equal(["tracking TRACK-1"], shop.ToldOf(id));
        Assert.Equal("0.000000", (string)shop.Order(id)!["total_paid_real"]!);

        Assert.IsType<Delivered>(await TellAsync(id, OrderState.InShipment, """, "tellStates":{"in_shipment_unpaid":"Enviado, contra reembolso"} """));
        Assert.Equal(["tracking TRACK-1", "state 15"], shop.ToldOf(id));
        Assert.Equal("0.000000", (string)shop.Order(id)!["total_paid_real"]!);
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.Delivered, """, "tellStates":{"delivered_unpaid":"5"} """));
        Assert.Equal(2, shop.ToldOf(id).Count);
    }

    [Fact]
    public async Task Order_is_never_taken_back()
    {
        long id = await PaidAsync();
        await shop.ChangeStateAsync(id, 5);
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.InShipment));
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.Processing));
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.Cancelled));
        Assert.Equal(["tracking TRACK-1"], shop.ToldOf(id));
    }

    [Fact]
    public async Task States_by_number_name_and_none()
    {
        long id = await PaidAsync();
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.Processing, """, "tellStates":{"processing":"none"} """));
        Assert.Equal(["tracking TRACK-1"], shop.ToldOf(id));
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.Processing, """, "tellStates":{"processing":"preparado PARA retiro"} """));
        Assert.Equal("state 14", shop.ToldOf(id)[^1]);
        Assert.Contains("no state '99'", Assert.IsType<Hold>(await TellAsync(id, OrderState.InShipment, """, "tellStates":{"in_shipment":"99"} """)).Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task State_that_was_set_although_PHP_broke_is_found_and_not_repeated()
    {
        long id = await PaidAsync();
        await ToldAsync("break?count=1");
        Assert.IsType<Unclear>(await TellAsync(id, OrderState.InShipment));
        using var status = Presta.Connector.OpenStatus(Access("").Access);
        Assert.Equal(FindAnswer.Has, (await status.FindAsync(Request(id, OrderState.InShipment), CancellationToken.None)).Answer);
        Assert.IsType<Delivered>(await TellAsync(id, OrderState.InShipment));
        Assert.Equal(["tracking TRACK-1", "state 4"], shop.ToldOf(id));
    }

    [Fact]
    public async Task Key_that_may_only_read_holds()
    {
        await using var closed = await PrestaShopEmulator.StartAsync(new() { Clock = clock, KeyMayWrite = false, UnpaidRate = 0 });
        long id = (await closed.PlaceOrderAsync())[0];
        Assert.Contains("may not PUT order_carriers", Assert.IsType<Hold>(await TellAsync(id, OrderState.InShipment, at: closed.Address)).Because, StringComparison.Ordinal);
        var findings = await Presta.Connector.TestAsync(Access("", closed.Address).Access, CancellationToken.None);
        Assert.Equal(TestVerdict.Failed, findings.Single(finding => finding.What == "Permission to tell the shop").Verdict);
    }

    [Fact]
    public async Task Test_tells_a_lost_header_from_a_wrong_key()
    {
        await using var cgi = await PrestaShopEmulator.StartAsync(new() { Clock = clock, StripsAuthorization = true });
        var finding = Assert.Single(await Presta.Connector.TestAsync(Access("", cgi.Address).Access, CancellationToken.None));
        Assert.Equal(TestVerdict.Failed, finding.Verdict);
        Assert.Contains("CGIPassAuth", finding.Message, StringComparison.Ordinal);
        Assert.StartsWith("The key is right", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(await Presta.Connector.TestAsync(Access(""", "signIn":"query" """, cgi.Address).Access, CancellationToken.None), found => found.Verdict == TestVerdict.Failed);
    }

    [Fact]
    public async Task Test_finds_what_is_odd()
    {
        await PaidAsync();
        await using var odd = await PrestaShopEmulator.StartAsync(new() { Clock = clock, Unreadable = ["messages", "configurations"] });
        var findings = await Presta.Connector.TestAsync(Access("", odd.Address).Access, CancellationToken.None);
        Assert.Equal((TestVerdict.Warning, TestVerdict.Warning), (Of("Permissions").Verdict, Of("Time zone").Verdict));
        Assert.Contains("messages", Of("Permissions").Message, StringComparison.Ordinal);
        findings = await Presta.Connector.TestAsync(Access("").Access, CancellationToken.None);
        Assert.Contains("14 Preparado para retiro", Of("Order states").Message, StringComparison.Ordinal);
        Assert.Contains("was read and understood", Of("Reading orders").Message, StringComparison.Ordinal);
        Assert.Equal(TestVerdict.Passed, Of("Clock").Verdict);
        findings = await Presta.Connector.TestAsync(Access(""", "stateMap":{"14":"processing"} """).Access, CancellationToken.None);
        Assert.Equal(TestVerdict.Passed, Of("Order states").Verdict);

        TestFinding Of(string what) => findings.Single(finding => finding.What == what);
    }

    private async Task<long> PaidAsync()
    {
        long id = (await shop.PlaceOrderAsync())[0];
        await shop.EditAsync(id, order => (order["total_paid_real"], order["current_state"]) = (order["total_paid_tax_incl"]!.DeepClone(), "2"), isSilent: true);
        return id;
    }

    private async Task<Outcome> TellAsync(long id, OrderState state, string more = "", string? at = null)
    {
        using var status = Presta.Connector.OpenStatus(Access(more, at).Access);
        clock.Advance(TimeSpan.FromMinutes(1));
        return (await status.SendAsync(Request(id, state), CancellationToken.None)).Outcome;
    }

    private DeliveryRequest Request(long id, OrderState state) => new(
        new DeliveryId(Guid.Parse("01900000-0000-7000-8000-00000000000a")), DeliveryKind.Status, new OrderId(Guid.Parse("01900000-0000-7000-8000-00000000000b")), "{}"u8.ToArray(), "store", null, null, 1)
    {
        Notice = new StatusNotice(id.ToString(CultureInfo.InvariantCulture), "X", state, clock.GetUtcNow(), "Andes", "TRACK-1", null),
    };

    private TestAccess Access(string more, string? at = null)
    {
        var access = new TestAccess("prestashop", $$"""{"shopUrl":"{{at ?? shop.Address}}","tellStatus":true{{more}} }""", new Dictionary<string, string> { ["webserviceKey"] = new PrestaShopEmulatorOptions().Key }, clock);
        opened.Add(access);
        return access;
    }

    private async Task ToldAsync(string what) => (await control.PostAsync($"{shop.Address}/_emulator/{what}", null)).EnsureSuccessStatusCode();
}
