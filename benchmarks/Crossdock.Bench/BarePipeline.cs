using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Bench;

/// <summary>The limit that the pipeline is held against: check, group-commit, claim, pick fifteen fields, two filters, POST, mark done, and nothing else.</summary>
internal static class BarePipeline
{
    public static async Task ServeAsync(int port, string secret, string database, string courier)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        await using var data = NpgsqlDataSource.Create(database + ";Max Auto Prepare=20");
        await using (var create = data.CreateCommand("CREATE TABLE IF NOT EXISTS bare_jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state smallint NOT NULL DEFAULT 0, body bytea COMPRESSION lz4 NOT NULL); CREATE INDEX IF NOT EXISTS bare_due ON bare_jobs (id) WHERE state = 0"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var key = Encoding.UTF8.GetBytes(secret);
        var waiting = Channel.CreateBounded<(byte[] Body, TaskCompletionSource Done)>(8192);
        var done = Channel.CreateUnbounded<long>();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
        _ = Task.Run(() => BareReceivers.CopyAsync(waiting.Reader, data, "bare_jobs"));
        _ = Task.Run(() => ClaimAsync(data, http, courier, done.Writer));
        _ = Task.Run(() => MarkAsync(done.Reader, data));
        app.MapPost("/in/{connection}", (RequestDelegate)(async context =>
        {
            var body = new byte[context.Request.ContentLength ?? 0];
            await context.Request.Body.ReadExactlyAsync(body);
            if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(key, body), Convert.FromBase64String(context.Request.Headers["X-Shopify-Hmac-Sha256"]!)))
            {
                context.Response.StatusCode = 401;
                return;
            }

            var stored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await waiting.Writer.WriteAsync((body, stored));
            await stored.Task;
            context.Response.ContentLength = 0;
        }));
        await app.RunAsync();
    }

    private static async Task ClaimAsync(NpgsqlDataSource data, HttpClient http, string courier, ChannelWriter<long> done)
    {
        await using var connection = await data.OpenConnectionAsync();
        while (true)
        {
            var jobs = new List<(long Id, byte[] Body)>(256);
            await using (var claim = new NpgsqlCommand("UPDATE bare_jobs SET state = 1 WHERE id IN (SELECT id FROM bare_jobs WHERE state = 0 ORDER BY id LIMIT 256 FOR UPDATE SKIP LOCKED) RETURNING id, body", connection))
            await using (var reader = await claim.ExecuteReaderAsync())
            {
                while (await reader.ReadAsync())
                {
                    jobs.Add((reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)));
                }
            }

            if (jobs.Count == 0)
            {
                await Task.Delay(5);
                continue;
            }

            await Parallel.ForEachAsync(jobs, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (job, cancellationToken) =>
            {
                using var order = JsonDocument.Parse(job.Body);
                var root = order.RootElement;
                var to = root.GetProperty("shipping_address");
                if (to.GetProperty("province_code").ValueEquals("XX") || root.GetProperty("test").GetBoolean())
                {
                    done.TryWrite(job.Id);
                    return;
                }

                var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object?>
                {
                    ["reference"] = root.GetProperty("id").GetInt64().ToString(CultureInfo.InvariantCulture),
                    ["number"] = root.GetProperty("name").GetString(),
                    ["currency"] = root.GetProperty("currency").GetString(),
                    ["total"] = root.GetProperty("total_price").GetString(),
                    ["email"] = root.GetProperty("email").GetString(),
                    ["name"] = to.GetProperty("name").GetString(),
                    ["line1"] = to.GetProperty("address1").GetString(),
                    ["line2"] = to.GetProperty("address2").GetString(),
                    ["city"] = to.GetProperty("city").GetString(),
                    ["region"] = to.GetProperty("province_code").GetString(),
                    ["postcode"] = to.GetProperty("zip").GetString(),
                    ["country"] = to.GetProperty("country_code").GetString(),
                    ["phone"] = to.GetProperty("phone").GetString(),
                    ["note"] = root.GetProperty("note").GetString(),
                    ["skus"] = root.GetProperty("line_items").EnumerateArray().Select(line => line.GetProperty("sku").GetString()).ToArray(),
                });
                using var request = new HttpRequestMessage(HttpMethod.Post, courier) { Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } };
                request.Headers.Add("Idempotency-Key", job.Id.ToString(CultureInfo.InvariantCulture));
                using var answer = await http.SendAsync(request, cancellationToken);
                answer.EnsureSuccessStatusCode();
                done.TryWrite(job.Id);
            });
        }
    }

    private static async Task MarkAsync(ChannelReader<long> done, NpgsqlDataSource data)
    {
        await using var connection = await data.OpenConnectionAsync();
        while (await done.WaitToReadAsync())
        {
            var ids = new List<long>(512);
            while (ids.Count < 512 && done.TryRead(out long id))
            {
                ids.Add(id);
            }

            await using var mark = new NpgsqlCommand("UPDATE bare_jobs SET state = 2 WHERE id = ANY($1)", connection) { Parameters = { new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint } } };
            await mark.ExecuteNonQueryAsync();
        }
    }
}
