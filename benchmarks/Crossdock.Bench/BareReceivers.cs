using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Bench;

/// <summary>The limits that capture is held against, on the same web server: (a) signature only, (b) signature and grouped COPY, (c) signature and one commit per request.</summary>
internal static class BareReceivers
{
    public static async Task ServeAsync(string kind, int port, string secret, string database)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        await using var data = NpgsqlDataSource.Create(database + ";Max Auto Prepare=20");
        await using (var create = data.CreateCommand("CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL DEFAULT now(), body bytea COMPRESSION lz4 NOT NULL); ALTER TABLE bare ALTER COLUMN body SET STORAGE MAIN"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var key = Encoding.UTF8.GetBytes(secret);
        var waiting = Channel.CreateBounded<(byte[] Body, TaskCompletionSource Done)>(8192);
        if (kind == "copy")
        {
            for (int writer = 0; writer < 2; writer++)
            {
                _ = Task.Run(() => CopyAsync(waiting.Reader, data, "bare"));
            }
        }

        app.MapPost("/in/{connection}", (RequestDelegate)(async context =>
        {
            var body = new byte[context.Request.ContentLength ?? 0];
            await context.Request.Body.ReadExactlyAsync(body);
            var expected = HMACSHA256.HashData(key, body);
            if (!CryptographicOperations.FixedTimeEquals(expected, Convert.FromBase64String(context.Request.Headers["X-Shopify-Hmac-Sha256"]!)))
            {
                context.Response.StatusCode = 401;
                return;
            }

            if (kind == "copy")
            {
                var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await waiting.Writer.WriteAsync((body, done));
                await done.Task;
            }
            else if (kind == "single")
            {
                await using var insert = data.CreateCommand("INSERT INTO bare (body) VALUES ($1)");
                insert.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = body });
                await insert.ExecuteNonQueryAsync();
            }

            context.Response.ContentLength = 0;
        }));
        await app.RunAsync();
    }

    /// <summary>Stores bodies in groups, one commit each: what waits while one is under way makes the next.</summary>
    internal static async Task CopyAsync(ChannelReader<(byte[] Body, TaskCompletionSource Done)> waiting, NpgsqlDataSource data, string table)
    {
        await using var connection = await data.OpenConnectionAsync();
        var batch = new List<(byte[] Body, TaskCompletionSource Done)>(512);
        while (await waiting.WaitToReadAsync())
        {
            while (batch.Count < 512 && waiting.TryRead(out var one))
            {
                batch.Add(one);
            }

            await using (var copy = await connection.BeginBinaryImportAsync($"COPY {table} (body) FROM STDIN (FORMAT BINARY)"))
            {
                foreach (var (body, _) in batch)
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(body, NpgsqlDbType.Bytea);
                }

                await copy.CompleteAsync();
            }

            batch.ForEach(one => one.Done.SetResult());
            batch.Clear();
        }
    }
}
