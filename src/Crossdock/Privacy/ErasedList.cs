using System.Text.Json;
using Crossdock.Database;
using Npgsql;

namespace Crossdock.Privacy;

/// <summary>One line of the list: an order whose data are erased, by the store's key and the platform's id.</summary>
internal sealed record ErasedLine(string Connection, string Order, Guid Request, DateTimeOffset At);

/// <summary>The list of erased orders in a file of the data folder, beside the database: a backup from before an erasure does not know of it, this file does. It holds ids and no person.</summary>
internal sealed class ErasedList(NpgsqlDataSource database, string dataFolder)
{
    /// <summary>The file in the data folder, one JSON object a line.</summary>
    public const string FileName = "erased.jsonl";

    private const string Apply = """
        INSERT INTO erased_orders (connection_id, external_id, request_id, erased_at, swept_at)
        SELECT c.id, l.external_id, l.request_id, l.at, l.at FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[]) AS l (key, external_id, request_id, at) JOIN connections c ON c.key = l.key
        ON CONFLICT DO NOTHING
        """;

    private const string Missing = """
        SELECT c.key AS connection, e.external_id AS order, e.request_id AS request, e.erased_at AS at FROM erased_orders e JOIN connections c ON c.id = e.connection_id
        WHERE e.erased_at > @since ORDER BY e.erased_at LIMIT 10000
        """;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private string Path => System.IO.Path.Combine(dataFolder, FileName);

    /// <summary>Brings what the file knows into the database; answers how many it did not know.</summary>
    public async Task<int> ApplyAsync(CancellationToken cancellationToken)
    {
        var lines = await ReadAsync(cancellationToken);
        int added = 0;
        foreach (var some in lines.Chunk(5000))
        {
            await using var command = database.CreateCommand(Apply);
            command.Parameters.AddRange((NpgsqlParameter[])
            [
                new() { Value = some.Select(line => line.Connection).ToArray() }, new() { Value = some.Select(line => line.Order).ToArray() }, new() { Value = some.Select(line => line.Request).ToArray() }, new() { Value = some.Select(line => line.At.UtcDateTime).ToArray() },
            ]);
            added += await command.ExecuteNonQueryAsync(cancellationToken);
        }

        return added;
    }

    /// <summary>Writes what the database knows and the file does not; answers how many.</summary>
    public async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        var known = (await ReadAsync(cancellationToken)).Select(line => (line.Connection, line.Order)).ToHashSet();
        int added = 0;
        for (var since = DateTimeOffset.MinValue.AddYears(1);;)
        {
            var page = await database.ReadAsync<Row>(Missing, new { since }, cancellationToken);
            var missing = page.Where(row => known.Add((row.Connection, row.Order))).ToList();
            if (missing.Count > 0)
            {
                var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write };
                if (!OperatingSystem.IsWindows())
                {
                    options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                }

                await using var file = new StreamWriter(Path, options);
                foreach (var row in missing)
                {
                    await file.WriteLineAsync(JsonSerializer.Serialize(new ErasedLine(row.Connection, row.Order, row.Request, row.At), Json).AsMemory(), cancellationToken);
                }

                added += missing.Count;
            }

            if (page.Count < 10_000)
            {
                return added;
            }

            since = page[^1].At;
        }
    }

    private async Task<List<ErasedLine>> ReadAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Path))
        {
            return [];
        }

        List<ErasedLine> lines = [];
        await foreach (string text in File.ReadLinesAsync(Path, cancellationToken))
        {
            try
            {
                if (text.Length > 0 && JsonSerializer.Deserialize<ErasedLine>(text, Json) is { } line)
                {
                    lines.Add(line);
                }
            }
            catch (JsonException)
            {
                // Half a line of a node that died while it wrote: it is written again.
            }
        }

        return lines;
    }

    private sealed record Row
    {
        public required string Connection { get; init; }
        public required string Order { get; init; }
        public required Guid Request { get; init; }
        public required DateTimeOffset At { get; init; }
    }
}
