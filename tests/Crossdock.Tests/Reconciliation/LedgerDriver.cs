using System.Text;
using Crossdock.Connections;
using Crossdock.Model.Orders;
using Crossdock.Reading;
using Crossdock.Reconciliation;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Reading;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Tests.Reconciliation;

/// <summary>A version of an order as the hub gets it in a simulation.</summary>
internal sealed record SimulatedCopy(int Store, string ExternalId, DateTimeOffset PlacedAt, DateTimeOffset UpdatedAt, decimal Total);

/// <summary>The real comparing on a real database, driven by a clock that a test moves. Capture and processing run; what webhooks would bring is written by the test.</summary>
internal sealed class LedgerDriver : IAsyncDisposable
{
    // As processing leaves it: newer versions only.
    private const string Bring = """
        INSERT INTO orders AS o (id, connection_id, external_id, number, state, state_changed_at, payment_status, fulfilment_status, placed_at, source_updated_at, event_id, content_hash,
            currency, total, rules_version, created_at, updated_at, document)
        SELECT DISTINCT ON (t.connection_id, t.external_id) t.id, t.connection_id, t.external_id, t.external_id, 'approved', $7, 'paid', 'unfulfilled', t.placed_at, t.updated_at, t.id, t.id, 'EUR', t.total, 0, $7, $7, t.document::json
        FROM unnest($1::uuid[], $2::int[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::numeric[], $8::text[]) WITH ORDINALITY AS t (id, connection_id, external_id, placed_at, updated_at, total, document, number)
        ORDER BY t.connection_id, t.external_id, t.number DESC
        ON CONFLICT (external_id, connection_id) DO UPDATE SET placed_at = excluded.placed_at, source_updated_at = excluded.source_updated_at, total = excluded.total
        WHERE o.source_updated_at <= excluded.source_updated_at
        """;

    private readonly ReadingHub hub;

    internal LedgerDriver(TestDatabase database, FakeClock clock, int everySeconds)
    {
        Clock = clock;
        hub = new ReadingHub(database, new() { ["Crossdock:Reconciliation:EverySeconds"] = $"{everySeconds}" }, compares: true, clock: clock);
    }

    internal FakeClock Clock { get; }
    internal ReadingHub Hub => hub;
    internal List<Connection> Stores { get; } = [];
    internal int Rounds { get; private set; }

    internal async Task ConnectAsync(string key, ScriptedShop shop, DateTimeOffset connectedAt, string zone) => Stores.Add(await hub.ConnectAsync(key, shop, connectedAt, polls: false, timeZone: zone));

    internal async Task StartAsync()
    {
        await hub.StartAsync(role => role.GetType().Name is "InboxWriter" or "Processor");
        await hub.Services.GetRequiredService<ReadingStore>().EnsureAsync(Stores.Select(store => store.Id), ReadingActivity.Ledger, Clock.GetUtcNow(), CancellationToken.None);
    }

    /// <summary>Works on every store that is due, until none is.</summary>
    /// <returns>How many were.</returns>
    internal async Task<int> RunDueAsync()
    {
        var byId = Stores.ToDictionary(store => store.Id);
        var states = await hub.Services.GetRequiredService<ReadingStore>().ClaimAsync(Stores, ReadingActivity.Ledger, Clock.GetUtcNow(), TimeSpan.FromHours(1), CancellationToken.None);
        var reconciler = hub.Services.GetRequiredService<Reconciler>();
        await Parallel.ForEachAsync(states, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (state, stop) => await reconciler.RunAsync(state, byId[state.ConnectionId], stop));
        Rounds += states.Count;
        return states.Count;
    }

    internal Task SettleAsync() => hub.UntilAsync("SELECT count(*) FROM inbox", 0);

    internal async Task BringAsync(IReadOnlyList<SimulatedCopy> copies)
    {
        if (copies.Count == 0)
        {
            return;
        }

        await using var command = hub.Database.CreateCommand(Bring);
        command.Parameters.Add(new() { Value = copies.Select(copy => Guid.CreateVersion7(copy.UpdatedAt)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = copies.Select(copy => Stores[copy.Store].Id.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
        command.Parameters.Add(new() { Value = copies.Select(copy => copy.ExternalId).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = copies.Select(copy => copy.PlacedAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = copies.Select(copy => copy.UpdatedAt.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = copies.Select(copy => copy.Total).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Numeric });
        command.Parameters.Add(new() { Value = Clock.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new() { Value = copies.Select(Document).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<List<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = hub.Database.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static string Document(SimulatedCopy copy) => Encoding.UTF8.GetString(OrderJson.Write(new Order
    {
        ExternalId = copy.ExternalId, Number = copy.ExternalId, Currency = "EUR", PlacedAt = copy.PlacedAt, PaymentStatus = PaymentStatus.Paid, Totals = new OrderTotals { Total = new Money(copy.Total, "EUR") },
    }));

    public ValueTask DisposeAsync() => hub.DisposeAsync();
}
