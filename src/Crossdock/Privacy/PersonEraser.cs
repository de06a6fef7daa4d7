using System.Text;
using System.Text.Json;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Crossdock.Orders;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Privacy;

/// <summary>Takes a person out of an order and of everything that hangs on it, each order in a transaction of its own. Done twice it changes nothing more.</summary>
internal sealed class PersonEraser(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Erases one order. Answers store and id of it, or null when there is none.</summary>
    /// <param name="request">By which request.</param>
    /// <param name="order">Which order.</param>
    /// <param name="words">What else is known to be this person's.</param>
    /// <param name="isSweep">True when it is erased again: nothing is told.</param>
    /// <param name="cancellationToken">Gives up; nothing is half done.</param>
    public async Task<ErasableOrder?> EraseAsync(Guid request, Guid order, IReadOnlyList<string> words, bool isSweep, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var rows = await ReadAsync(connection, EraseStore.Orders, order, reader => new ErasableOrder(reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), Encoding.UTF8.GetBytes(reader.GetString(4)), reader.GetGuid(5), reader.GetBoolean(6)), cancellationToken);
        if (rows is not [var row])
        {
            return null;
        }

        var document = OrderJson.Read(row.Document);
        var payloads = await ReadAsync(connection, EraseStore.Events, order, Payload, cancellationToken);
        var deliveries = await TextsAsync(connection, EraseStore.Deliveries, order, 3, cancellationToken);
        var attempts = await TextsAsync(connection, EraseStore.Attempts, order, 7, cancellationToken);
        var timeline = await TextsAsync(connection, EraseStore.Timeline, order, 1, cancellationToken);
        var holds = await TextsAsync(connection, EraseStore.Holds, order, 2, cancellationToken);

        var person = new PersonalText();
        foreach (string word in words)
        {
            person.Add(word);
        }

        person.Add(document);
        var edits = await TextsAsync(connection, EraseStore.Edits, order, 4, cancellationToken);
        foreach (string? text in edits.SelectMany(edit => edit.Texts))
        {
            person.Add(text);
        }

        foreach (var payload in payloads)
        {
            person.AddFrom(Encoding.UTF8.GetString(payload.Body));
        }

        foreach (string? text in deliveries.Select(delivery => delivery.Texts[2]).Concat(attempts.Select(attempt => attempt.Texts[3])))
        {
            person.AddFrom(text ?? "");
        }

        await using var batch = new NpgsqlBatch(connection);
        Dictionary<string, long> counts = new(StringComparer.Ordinal);
        void Add(string table, string sql, params NpgsqlParameter[] values)
        {
            var command = new NpgsqlBatchCommand(sql);
            command.Parameters.AddRange(values);
            batch.BatchCommands.Add(command);
            counts[table] = counts.GetValueOrDefault(table) + 1;
        }

        Add("orders", EraseStore.WriteOrder, Id(row.Id), new() { Value = Encoding.UTF8.GetString(OrderJson.Write(ErasedOrder.Of(document))), NpgsqlDbType = NpgsqlDbType.Json }, Parameters.Time(now), EraseStore.Text(await BecauseAsync(connection, order, person, cancellationToken)));
        Payloads(payloads, person, Add);
        foreach (var (one, clean) in Changed(deliveries, person))
        {
            Add("deliveries", EraseStore.WriteDelivery, [Id(one.Id), .. clean.Select(EraseStore.Text)]);
        }

        foreach (var (one, clean) in Changed(attempts, person))
        {
            Add("attempts", EraseStore.WriteAttempt, [Id(one.Id), .. clean.Select(EraseStore.Text)]);
        }

        foreach (var (one, clean) in Changed(timeline, person))
        {
            Add("timeline", EraseStore.WriteTimeline, Id(one.Id), EraseStore.Text(clean[0]));
        }

        foreach (var (one, clean) in Changed(holds, person))
        {
            Add("holds", EraseStore.WriteHold, [Id(one.Id), .. clean.Select(EraseStore.Text)]);
        }

        batch.BatchCommands.Add(new(EraseStore.WriteShipments) { Parameters = { Id(order) } });
        batch.BatchCommands.Add(new(EraseStore.WriteParked) { Parameters = { new() { Value = payloads.Select(payload => payload.Id).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } });
        if (edits.Count > 0)
        {
            Add("order_edits", EraseStore.DropEdits, Id(order));
        }

        batch.BatchCommands.Add(new(EraseStore.CleanAudit) { Parameters = { Id(order) } });
        batch.BatchCommands.Add(new(EraseStore.DropTrials) { Parameters = { Id(order) } });
        batch.BatchCommands.Add(new(EraseStore.DropFiles) { Parameters = { new() { Value = row.Connection }, Parameters.Time(now) } });
        batch.BatchCommands.Add(new(EraseStore.Keep) { Parameters = { new() { Value = row.Connection }, new() { Value = row.ExternalId }, Id(request), Parameters.Time(now) } });
        if (!isSweep)
        {
            batch.BatchCommands.Add(new(EraseStore.OrderDone) { Parameters = { Id(request), Id(order), Parameters.Time(now) } });
            batch.BatchCommands.Add(Counting(request, counts));
        }

        // Also lists and searches follow the timeline.
        if (!row.IsErased)
        {
            batch.BatchCommands.Add(new("INSERT INTO timeline (id, order_id, connection_id, entries) VALUES ($1, $2, $3, $4)")
            {
                Parameters =
                {
                    Id(Guid.CreateVersion7(now)), Id(order), new() { Value = row.Connection },
                    new() { Value = JsonSerializer.Serialize([new TimelineEntry(now, TimelineKind.Note, "crossdock", "The person's data were erased here: names, addresses, mails, telephones, notes, also in payloads and attempts. Figures stay.")], TimelineJson.Default.ListTimelineEntry), NpgsqlDbType = NpgsqlDbType.Json },
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return row;
    }

    /// <summary>Erases a person in payloads that belong to no order of theirs.</summary>
    public async Task EraseEventsAsync(Guid request, IReadOnlyList<Guid> events, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(EraseStore.EventsById, connection) { Parameters = { new() { Value = events.ToArray() } } };
        List<PayloadRow> payloads = [];
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                payloads.Add(Payload(reader));
            }
        }

        await using var batch = new NpgsqlBatch(connection);
        long changed = 0;
        foreach (var payload in payloads)
        {
            var person = new PersonalText();
            foreach (string word in words)
            {
                person.Add(word);
            }

            person.AddFrom(Encoding.UTF8.GetString(payload.Body));
            Payloads([payload], person, (_, sql, values) =>
            {
                var write = new NpgsqlBatchCommand(sql);
                write.Parameters.AddRange(values);
                batch.BatchCommands.Add(write);
                changed++;
            });
        }

        batch.BatchCommands.Add(new(EraseStore.WriteParked) { Parameters = { new() { Value = events.ToArray() } } });
        batch.BatchCommands.Add(new(EraseStore.EventsDone) { Parameters = { Id(request), new() { Value = events.ToArray() }, Parameters.Time(clock.GetUtcNow()) } });
        batch.BatchCommands.Add(Counting(request, new(StringComparer.Ordinal) { ["events"] = changed }));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static void Payloads(IReadOnlyList<PayloadRow> payloads, PersonalText person, Action<string, string, NpgsqlParameter[]> write)
    {
        foreach (var payload in payloads)
        {
            byte[] body = person.Without(payload.Body);
            string headers = person.Plain(payload.Headers);
            if (!ReferenceEquals(body, payload.Body) || headers != payload.Headers)
            {
                write("events", EraseStore.WriteEvent, [Id(payload.Id), EraseStore.Text(headers), new() { Value = body }]);
            }
        }
    }

    private static async Task<string?> BecauseAsync(NpgsqlConnection connection, Guid order, PersonalText person, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT state_because FROM orders WHERE id = $1", connection) { Parameters = { Id(order) } };
        return await command.ExecuteScalarAsync(cancellationToken) is string because ? person.Plain(because) : null;
    }

    // Prose and URLs lose the words that are known, JSON also its personal fields.
    private static IEnumerable<(TextRow Row, string?[] Clean)> Changed(IEnumerable<TextRow> rows, PersonalText person)
    {
        foreach (var row in rows)
        {
            string?[] clean = [.. row.Texts.Select(text => text is null ? null : person.Without(text))];
            if (!clean.SequenceEqual(row.Texts, StringComparer.Ordinal))
            {
                yield return (row, clean);
            }
        }
    }

    private static NpgsqlBatchCommand Counting(Guid request, Dictionary<string, long> counts) => new(EraseStore.Count) { Parameters = { Id(request), new() { Value = counts.Keys.ToArray() }, new() { Value = counts.Values.ToArray() } } };

    private static PayloadRow Payload(NpgsqlDataReader reader) => new(reader.GetGuid(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2));

    private static Task<List<TextRow>> TextsAsync(NpgsqlConnection connection, string sql, Guid order, int columns, CancellationToken cancellationToken) =>
        ReadAsync(connection, sql, order, reader => new TextRow(reader.GetGuid(0), [.. Enumerable.Range(1, columns).Select(column => reader.IsDBNull(column) ? null : reader.GetString(column))]), cancellationToken);

    private static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, string sql, Guid id, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { Id(id) } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private static NpgsqlParameter Id(Guid id) => new() { Value = id };
}
