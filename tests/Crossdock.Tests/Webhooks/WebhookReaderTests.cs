using Crossdock.Connections;
using Crossdock.Database;
using Crossdock.Delivery;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Webhooks;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Webhooks;

/// <summary>Rows of timelines are committed in another order than their ids say: none is missed, none told twice.</summary>
public sealed class WebhookReaderTests : IAsyncLifetime
{
    private static readonly Guid Order = new("01900000-0000-7000-8000-000000000001"), Webhook = new("01900000-0000-7000-8000-000000000002");
    private readonly TestDatabase database = new();
    private readonly FakeClock clock = new();

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await database.DataSource.AskAsync($"""
            INSERT INTO connections (key, name, platform, created_at, updated_at) VALUES ('acme', 'Acme', 'shopify', now(), now());
            INSERT INTO orders (id, connection_id, external_id, number, state, state_changed_at, payment_status, fulfilment_status, event_id, content_hash, currency, total, rules_version, created_at, updated_at, document)
            VALUES ('{Order}', 1, 'x1', '#1', 'approved', now(), 'paid', 'unfulfilled', gen_random_uuid(), gen_random_uuid(), 'EUR', 1, 0, now(), now(), '{"{}"}');
            INSERT INTO webhooks (id, name, url, types, secret, enabled_at, created_at, created_by, updated_at) VALUES ('{Webhook}', 'erp', 'https://erp.example.com', '{"{}"}', 's', '2026-01-01', now(), 'tests', now());
            UPDATE webhook_progress SET soon = '{QueryReading.Floor(clock.GetUtcNow())}', safe = '{QueryReading.Floor(clock.GetUtcNow())}', alerts_from = '{clock.GetUtcNow():O}';
            """);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_is_committed_in_order_is_told_at_once_and_once()
    {
        await TellAsync(0);
        await ReadAsync();
        Assert.Equal(1L, await CountAsync());
        clock.Advance(TimeSpan.FromHours(1));
        await ReadAsync();
        await ReadAsync();
        Assert.Equal(1L, await CountAsync());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(120, false)]
    public async Task What_is_committed_late_is_told_all_the_same(int secondsLate, bool isAtOnce)
    {
        clock.Advance(TimeSpan.FromMinutes(10));
        await TellAsync(0);
        await ReadAsync();
        await TellAsync(-secondsLate);
        await ReadAsync();
        Assert.Equal(isAtOnce ? 2L : 1L, await CountAsync());
        clock.Advance(TimeSpan.FromMinutes(10));
        await ReadAsync();
        Assert.Equal(2L, await CountAsync());
    }

    [Fact]
    public async Task What_a_long_transaction_commits_at_last_is_told_all_the_same()
    {
        // The clock runs ahead of the database's, so that only the open transaction holds the reader back.
        clock.Set(TimeProvider.System.GetUtcNow().AddDays(1));
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var insert = connection.CreateCommand())
        {
            insert.CommandText = Row(Guid.CreateVersion7(TimeProvider.System.GetUtcNow()));
            await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await TellAsync(0);
        await ReadAsync();
        Assert.Equal(1L, await CountAsync());
        await transaction.CommitAsync(TestContext.Current.CancellationToken);
        await ReadAsync();
        await ReadAsync();
        Assert.Equal(2L, await CountAsync());
    }

    [Fact]
    public async Task More_than_a_page_in_one_moment_is_told_whole()
    {
        var at = clock.GetUtcNow();
        await database.DataSource.AskAsync(string.Concat(Enumerable.Range(0, 2500).Select(_ => Row(Guid.CreateVersion7(at)))));
        await ReadAsync();
        await TellAsync(1);
        await ReadAsync();
        Assert.Equal(2501L, await CountAsync());
    }

    [Fact]
    public async Task While_one_node_reads_another_does_not()
    {
        await TellAsync(0);
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var hold = connection.CreateCommand())
        {
            hold.CommandText = "SELECT 1 FROM webhook_progress FOR UPDATE";
            await hold.ExecuteScalarAsync(TestContext.Current.CancellationToken);
        }

        await ReadAsync();
        Assert.Equal(0L, await CountAsync());
        await transaction.RollbackAsync(TestContext.Current.CancellationToken);
        await ReadAsync();
        Assert.Equal(1L, await CountAsync());
    }

    [Fact]
    public async Task A_store_gone_quiet_is_told_and_its_return_too()
    {
        await database.DataSource.AskAsync($"""
            INSERT INTO alerts (id, kind, connection_id, subject, severity, sentence, opened_at, seen_at, ended_at, ended_because)
            VALUES (gen_random_uuid(), 'store_quiet', 1, '', 'warning', 'Nothing came.', '{clock.GetUtcNow():O}', now(), '{clock.GetUtcNow().AddMinutes(1):O}', 'An order came.'),
                   (gen_random_uuid(), 'shape_changed', 1, '', 'warning', 'New fields.', '{clock.GetUtcNow():O}', now(), NULL, NULL)
            """);
        await ReadAsync();
        await ReadAsync();
        Assert.Equal("connection.quiet, connection.recovered", await database.DataSource.AskAsync("SELECT string_agg(e.type, ', ' ORDER BY e.type) FROM webhook_messages m JOIN webhook_events e ON e.id = m.event_id"));
    }

    [Fact]
    public void Every_move_is_understood_from_its_sentence()
    {
        foreach (var to in Enum.GetValues<OrderState>())
        {
            Assert.Equal(new OrderMove(null, to), OrderSentences.Read(OrderSentences.Became(null, to)));
            Assert.All(Enum.GetValues<OrderState>(), from => Assert.Equal(new OrderMove(from, to), OrderSentences.Read(OrderSentences.Became(from, to))));
        }

        Assert.Null(OrderSentences.Read("The order is late."));
    }

    [Fact]
    public void The_end_of_a_delivery_is_understood_from_its_sentence()
    {
        string[] delivered = [DeliverySentences.Delivered("our-courier", DeliverySentences.HasOrder, "4711"), DeliverySentences.Delivered("erp", DeliverySentences.HasCancelled, null), DeliverySentences.ToldShop("it is in shipment")];
        string[] dead = [DeliverySentences.Dead("our-courier"), DeliverySentences.ShopNotTold("it is in shipment")];
        Assert.All(delivered, text => Assert.True(DeliverySentences.IsDelivered(text) && !DeliverySentences.IsDead(text), text));
        Assert.All(dead, text => Assert.True(DeliverySentences.IsDead(text) && !DeliverySentences.IsDelivered(text), text));
        Assert.False(DeliverySentences.IsDelivered("The delivery to courier was given up.") || DeliverySentences.IsDead("The delivery to courier was given up."));
    }

    [Fact]
    public void A_signature_is_as_the_specification_has_it() => Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSecret.Sign(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, """{"test": 2432232314}"""));

    [Fact]
    public void Waits_grow_from_seconds_to_a_day_and_end()
    {
        var waits = Enumerable.Range(1, 10).Select(failed => WebhookSender.WaitAfter(failed, null, Order)).ToList();
        Assert.Null(waits[^1]);
        Assert.Equal(waits.SkipLast(1).Order(), waits.SkipLast(1));
        Assert.InRange(waits[0]!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5.5));
        Assert.InRange(waits[8]!.Value, TimeSpan.FromHours(24), TimeSpan.FromHours(26.4));
        Assert.Equal(TimeSpan.FromMinutes(2), WebhookSender.WaitAfter(1, TimeSpan.FromMinutes(2), Order));
        Assert.Equal(TimeSpan.FromHours(24), WebhookSender.WaitAfter(1, TimeSpan.FromDays(30), Order));
    }

    [Theory]
    [InlineData("http://erp.example.com/hook", "https://")]
    [InlineData("https://127.0.0.1/hook", "private address")]
    [InlineData("https://10.0.0.8/hook", "private address")]
    [InlineData("https://[::1]/hook", "private address")]
    [InlineData("https://localhost/hook", "private address")]
    [InlineData("ftp://erp.example.com/hook", "full address")]
    [InlineData("https://erp.example.com/hook", null)]
    public void Addresses_inside_are_refused_unless_allowed(string url, string? said)
    {
        string? problem = new WebhookAddress(Options.Create(new ConnectionsOptions())).Problem(url);
        Assert.True(said is null ? problem is null : problem?.Contains(said, StringComparison.Ordinal) == true, problem);
    }

    private async Task ReadAsync()
    {
        var reader = new WebhookReader(database.DataSource, clock);
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
        {
        }
    }

    private Task<object?> TellAsync(int seconds) => database.DataSource.AskAsync(Row(Guid.CreateVersion7(clock.GetUtcNow().AddSeconds(seconds))));

    private static string Row(Guid id) =>
        $$"""INSERT INTO timeline (id, order_id, connection_id, entries) VALUES ('{{id}}', '{{Order}}', 1, '[{"at":"2026-03-02T10:00:00Z","kind":"held","actor":"crossdock","text":"Held."}]');""";

    private async Task<long> CountAsync() => (long)(await database.DataSource.AskAsync($"SELECT count(*) FROM webhook_messages WHERE webhook_id = '{Webhook}'"))!;
}
