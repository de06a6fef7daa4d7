using Crossdock.Tests.Access;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Delivery;
using Crossdock.Model;
using Crossdock.Testing.Database;
using Dapper;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Delivery;

/// <summary>Nothing waits for ever for a destination that was deleted.</summary>
public sealed class DeletedDestinationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deletion_is_refused_while_deliveries_wait_and_forced_makes_dead_letters_of_them()
    {
        await using DeliveryHub hub = new(database);
        using var http = new OutgoingHttp(Options.Create(new ConnectionsOptions()));
        using var directory = Configuration(http, out var configuration);
        var destination = await hub.AddAsync("gone", null);
        var waiting = await hub.OrderAsync(destination);
        var held = await hub.OrderAsync(destination);
        await hub.AskAsync<int>("""
            WITH d AS (UPDATE deliveries SET state = 'held' WHERE id = @id), o AS (UPDATE orders SET held = true WHERE id = @order)
            INSERT INTO holds (id, order_id, connection_id, code, reason, delivery_id, opened_at, opened_by) VALUES (@hold, @order, @store, 'delivery_refused', 'no', @id, now(), 'destination gone') RETURNING 1
            """, new { id = held.Id.Value, order = held.OrderId.Value, store = hub.Store.Value, hold = Guid.CreateVersion7() });
        string[] others = [.. await KeysAsync()];
        string key = others.Single(one => one.StartsWith("gone-", StringComparison.Ordinal));

        // The file keeps all but this one.
        var refused = await configuration.ApplyAsync("connections: []", "eva", prune: true, cancellationToken: Stop);
        var problem = Assert.Single(refused.Errors, error => error.Path == $"connections.{key}");
        Assert.Contains("1 deliveries waiting for it, 1 deliveries that it refused", problem.Problem, StringComparison.Ordinal);
        Assert.Contains("--force", problem.Problem, StringComparison.Ordinal);
        Assert.Contains(refused.Errors, error => error.Path.StartsWith("connections.store-", StringComparison.Ordinal) && error.Problem.Contains("2 deliveries of its orders not done", StringComparison.Ordinal));
        Assert.Equal(others, await KeysAsync());
        Assert.Equal("waiting", await hub.StateAsync(waiting));

        var forced = await configuration.ApplyAsync("connections: []", "eva", prune: true, force: true, cancellationToken: Stop);
        Assert.Contains(key, forced.Deleted);
        foreach (var due in (DueDelivery[])[waiting, held])
        {
            Assert.Equal(("dead", "the destination was deleted"), (await hub.StateAsync(due), await hub.AskAsync<string>("SELECT last_error FROM deliveries WHERE id = @id", new { id = due.Id.Value })));
            string told = await hub.TimelineAsync(due);
            Assert.Contains($"The delivery to {key} was given up.", told, StringComparison.Ordinal);
            Assert.Contains("operator eva", told, StringComparison.Ordinal);
        }
        Assert.False(await hub.AskAsync<bool>("SELECT held FROM orders WHERE id = @id", new { id = held.OrderId.Value }));

        var retried = Assert.Single(await hub.Actions.RetryAsync([waiting.Id.Value], "operator eva", null, Stop));
        Assert.Equal(ActionAnswer.WrongState, retried.Answer);
        Assert.Contains("its destination was deleted", retried.Because, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delivery_planned_while_its_destination_is_deleted_becomes_a_dead_letter_by_itself()
    {
        await using DeliveryHub hub = new(database);
        var destination = await hub.AddAsync("race", null);
        await hub.AskAsync<int>("UPDATE connections SET deleted_at = now() WHERE id = @id RETURNING 1", new { id = destination.Value });
        var planned = await hub.OrderAsync(destination);
        await hub.StartAsync();
        await hub.BecomesAsync(planned, "dead");
        Assert.Contains("the destination was deleted", await hub.TimelineAsync(planned), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_being_sent_at_this_moment_is_left_to_its_outcome()
    {
        await using DeliveryHub hub = new(database);
        var destination = await hub.AddAsync("leased", null);
        await hub.AskAsync<int>("UPDATE connections SET deleted_at = now() WHERE id = @id RETURNING 1", new { id = destination.Value });
        var sending = await hub.OrderAsync(destination, isLeased: true);
        await using var connection = await hub.Database.OpenConnectionAsync(Stop);
        await using var transaction = await connection.BeginTransactionAsync(Stop);
        await new ConnectionWork(TimeProvider.System).EndAsync(connection, "crossdock", Stop);
        await transaction.CommitAsync(Stop);
        Assert.Equal("waiting", await hub.StateAsync(sending));
    }

    private async Task<IEnumerable<string>> KeysAsync()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(Stop);
        return [.. await connection.QueryAsync<string>("SELECT key FROM connections WHERE deleted_at IS NULL ORDER BY key")];
    }

    private ConnectionDirectory Configuration(OutgoingHttp http, out ConfigurationService configuration)
    {
        ConnectionStore store = new(database.DataSource, TimeProvider.System);
        SecretBox secrets = new(new EphemeralDataProtectionProvider());
        ConnectionDirectory directory = new(database.DataSource, store, new ConnectionPreparation(BuiltInConnectors.All, secrets, http, AccessParts.Preparation(http, database.DataSource, TimeProvider.System), TimeProvider.System),
            Options.Create(new ConnectionsOptions { RefreshSeconds = 300 }), TimeProvider.System, NullLogger<ConnectionDirectory>.Instance);
        configuration = new ConfigurationService(database.DataSource, store, directory, secrets, BuiltInConnectors.All, new ConnectionWork(TimeProvider.System));
        return directory;
    }
}
