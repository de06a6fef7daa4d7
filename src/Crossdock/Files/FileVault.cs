using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Files;

/// <summary>Files in the database, in pieces, so that any node can work on them.</summary>
internal sealed class FileVault(NpgsqlDataSource database)
{
    private const int ChunkBytes = 512 * 1024;

    private const string Insert = """
        INSERT INTO file_imports (id, connection_id, file_name, kind, bytes, state, next_at, created_at, created_by)
        VALUES ($1, $2, $3, $4, $5, 'checking', $6, $6, $7)
        """;

    private const string InsertChunk = "INSERT INTO file_chunks (import_id, number, body) VALUES ($1, $2, $3)";

    private const string Chunk = "SELECT body FROM file_chunks WHERE import_id = $1 AND number = $2";

    /// <summary>A temporary file that is gone when it is closed.</summary>
    public static FileStream Temporary() =>
        new(Path.Combine(Path.GetTempPath(), "crossdock-" + Guid.NewGuid().ToString("N")), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);

    /// <summary>Keeps a file: as a whole, or not at all.</summary>
    public async Task AddAsync(Guid id, int connectionId, string fileName, string kind, FileStream file, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var insert = new NpgsqlCommand(Insert, connection, transaction))
        {
            insert.Parameters.Add(new() { Value = id });
            insert.Parameters.Add(new() { Value = connectionId });
            insert.Parameters.Add(new() { Value = fileName });
            insert.Parameters.Add(new() { Value = kind });
            insert.Parameters.Add(new() { Value = file.Length });
            insert.Parameters.Add(new() { Value = now.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz });
            insert.Parameters.Add(new() { Value = actor });
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }

        file.Position = 0;
        var buffer = new byte[ChunkBytes];
        for (int number = 0; ; number++)
        {
            int length = await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
            if (length == 0)
            {
                break;
            }

            await using var chunk = new NpgsqlCommand(InsertChunk, connection, transaction);
            chunk.Parameters.Add(new() { Value = id });
            chunk.Parameters.Add(new() { Value = number });
            chunk.Parameters.Add(new() { Value = new ArraySegment<byte>(buffer, 0, length), NpgsqlDbType = NpgsqlDbType.Bytea });
            await chunk.ExecuteNonQueryAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The file on this node's disk until the stream is closed; null when it is not kept any more.</summary>
    public async Task<FileStream?> OpenAsync(Guid id, CancellationToken cancellationToken)
    {
        var file = Temporary();
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            for (int number = 0; ; number++)
            {
                await using var command = new NpgsqlCommand(Chunk, connection);
                command.Parameters.Add(new() { Value = id });
                command.Parameters.Add(new() { Value = number });
                if (await command.ExecuteScalarAsync(cancellationToken) is not byte[] body)
                {
                    break;
                }

                await file.WriteAsync(body, cancellationToken);
            }

            if (file.Length > 0)
            {
                await file.FlushAsync(cancellationToken);
                file.Position = 0;
                return file;
            }
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        await file.DisposeAsync();
        return null;
    }
}
