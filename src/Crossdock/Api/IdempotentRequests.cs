using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Database;
using Crossdock.Files;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Crossdock.Api;

/// <summary>An address whose body may be as large as a file.</summary>
internal sealed record TakesFiles;

/// <summary>Changes that are sent twice are done once: the first answer is kept under the caller's <c>Idempotency-Key</c>, and a repeat gets it again.
/// What broke off in the middle is never done a second time by itself: the caller is told that it is not known.</summary>
internal sealed partial class IdempotentRequests(IdempotencyStore store, IDataProtectionProvider protection, IOptions<ApiOptions> options, ImportActions imports, TimeProvider clock, ILogger<IdempotentRequests> logger)
    : BackgroundService
{
    /// <summary>Set where an answer is a repeat of a kept one: nothing was changed now, so nothing is told to the audit log.</summary>
    internal const string Repeated = "crossdock-repeated";

    private const string Header = "Idempotency-Key";
    private const int LongestKey = 255;
    private const int InMemory = 64 * 1024;

    // No change takes longer; what did not answer by then was broken off.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly string[] KeptHeaders = ["Content-Type", "Content-Disposition", "ETag", "Location"];

    private readonly IDataProtector protector = protection.CreateProtector("crossdock.idempotency");

    private sealed record Answer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body);

    /// <summary>Runs the request, or answers as it was answered before.</summary>
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        string key = request.Headers[Header].ToString();
        if (key.Length == 0 || HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method)
            || !request.Path.StartsWithSegments("/api/v1", StringComparison.OrdinalIgnoreCase) || context.GetEndpoint()?.Metadata.GetMetadata<Needed>() is null || Caller.Current is not { } caller)
        {
            await next(context);
            return;
        }

        if (key.Length > LongestKey || key.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            await Problems.BadRequest($"{Header} is 1 to {LongestKey} printable ASCII characters, for example a UUID made anew for every change.").ExecuteAsync(context);
            return;
        }

        string principal = WhoseKey.Of(caller);
        string hash;
        KeptRequest? kept;
        // PostgreSQL counts microseconds: what is stored is looked for again.
        var now = new DateTimeOffset(clock.GetUtcNow().UtcTicks / 10 * 10, TimeSpan.Zero);
        try
        {
            hash = await HashAsync(context);
            kept = await store.BeginAsync(principal, key, protector.Protect(hash), now, now.AddHours(-options.Value.IdempotencyHours), context.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            await Results.Problem("Send less, or send it as the documentation of this address says.", statusCode: exception.StatusCode, title: "The request cannot be read").ExecuteAsync(context);
            return;
        }
        catch (NpgsqlException exception) when (exception is not PostgresException || exception.IsTransient)
        {
            context.Response.Headers.RetryAfter = "5";
            await Problems.Unavailable().ExecuteAsync(context);
            return;
        }

        if (kept is null)
        {
            await DoAsync(context, next, principal, key, now);
        }
        else
        {
            context.Items[Repeated] = true;
            await RepeatAsync(context, kept, hash, now);
        }
    }

    /// <summary>Forgets kept answers once their time is over.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await store.ForgetAsync(clock.GetUtcNow().AddHours(-options.Value.IdempotencyHours), stoppingToken);
            }
            catch (NpgsqlException exception)
            {
                Log.NotKept(logger, exception.Message);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }

            await Task.Delay(TimeSpan.FromHours(1), clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task DoAsync(HttpContext context, RequestDelegate next, string principal, string key, DateTimeOffset startedAt)
    {
        // Who sent a key asks again when the line breaks: what was begun is finished, so that there is an answer to give.
        context.RequestAborted = CancellationToken.None;
        var outside = context.Response.Body;
        using var body = new MemoryStream();
        context.Response.Body = body;
        try
        {
            await next(context);
        }
        catch
        {
            context.Response.Body = outside;
            await KeepAsync(() => store.EndAsync(principal, key, startedAt, "unclear", null));
            throw;
        }

        context.Response.Body = outside;
        var response = context.Response;
        await KeepAsync(() => response.StatusCode switch
        {
            // Refused before anything was begun.
            StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status408RequestTimeout or StatusCodes.Status429TooManyRequests => store.FreeAsync(principal, key, startedAt),
            >= StatusCodes.Status500InternalServerError => store.EndAsync(principal, key, startedAt, "unclear", null),
            _ => store.EndAsync(principal, key, startedAt, "answered", Protected(response, body)),
        });
        body.Position = 0;
        await body.CopyToAsync(outside, CancellationToken.None);
    }

    private async Task RepeatAsync(HttpContext context, KeptRequest kept, string hash, DateTimeOffset now)
    {
        Answer? answer = null;
        bool isSame, isReadable = true;
        try
        {
            isSame = protector.Unprotect(kept.Request) == hash;
            answer = kept.Answer is null ? null : JsonSerializer.Deserialize<Answer>(protector.Unprotect(kept.Answer));
        }
        catch (CryptographicException)
        {
            // Kept by a node with other keys.
            (isSame, isReadable) = (true, false);
        }

        if (!isSame)
        {
            await Problems.OtherRequest(Header).ExecuteAsync(context);
            return;
        }

        if (answer is null)
        {
            bool isUnderWay = isReadable && kept.Outcome is null && now - kept.StartedAt < Patience;
            if (isUnderWay)
            {
                context.Response.Headers.RetryAfter = "1";
            }

            await (isUnderWay ? Problems.UnderWay(Header) : Problems.NotKnown(Header)).ExecuteAsync(context);
            return;
        }

        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.Headers["Idempotent-Replayed"] = "true";
        if (answer.Body.Length > 0)
        {
            context.Response.ContentLength = answer.Body.Length;
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }

    private string Protected(HttpResponse response, MemoryStream body) => protector.Protect(JsonSerializer.Serialize(new Answer(response.StatusCode,
        KeptHeaders.Where(name => response.Headers[name].Count > 0).ToDictionary(name => name, name => response.Headers[name].ToString(), StringComparer.Ordinal), body.ToArray())));

    // The answer goes out all the same; a repeat learns that it is not known.
    private async Task KeepAsync(Func<Task> keep)
    {
        try
        {
            await keep();
        }
        catch (NpgsqlException exception)
        {
            Log.NotKept(logger, exception.Message);
        }
    }

    private async Task<string> HashAsync(HttpContext context)
    {
        var request = context.Request;
        if (context.GetEndpoint()!.Metadata.GetMetadata<TakesFiles>() is not null)
        {
            FileEndpoints.Allow(context, imports.MaxBytes);
        }

        request.EnableBuffering(InMemory);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{request.ContentType}\n{request.Headers.IfMatch}\n"));
        byte[] buffer = new byte[InMemory];
        for (int read; (read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0;)
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        request.Body.Position = 0;
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static partial class Log
    {
        [LoggerMessage(1602, LogLevel.Warning, "answers to requests with an Idempotency-Key could not be kept or forgotten: {Error}")]
        public static partial void NotKept(ILogger logger, string error);
    }
}
