using Crossdock.Connections;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Crossdock.Relay;

/// <summary>The keys that Google signs with, kept as long as their answer allows; asked for again at once when a token names an unknown one, but not more than once a minute.</summary>
internal sealed partial class GoogleKeys(OutgoingHttp http, IOptions<RelayOptions> options, TimeProvider clock, ILogger<GoogleKeys> logger) : IDisposable
{
    private const int LargestAnswer = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private readonly SemaphoreSlim gate = new(1, 1);
    private volatile Known known = new([], DateTimeOffset.MinValue, DateTimeOffset.MinValue);

    /// <summary>The key of this id; null when Google has none. Throws <see cref="HttpRequestException"/> when the keys cannot be had and none are known.</summary>
    public async ValueTask<SecurityKey?> FindAsync(string? id, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (known.Find(id) is { } key && now < known.FreshUntil)
        {
            return key;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            now = clock.GetUtcNow();
            if ((known.Find(id) is null || now >= known.FreshUntil) && now >= known.AskedAt + Pause)
            {
                await AskAsync(now, cancellationToken);
            }

            // Keys past their time still verify: better than refusing orders because Google's page cannot be reached for an hour.
            return known.Find(id) ?? (known.Keys.Length == 0 ? throw new HttpRequestException("Google's keys are not known yet.") : null);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task AskAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await http.Client.GetAsync(new Uri(options.Value.GoogleKeysUrl), HttpCompletionOption.ResponseHeadersRead, patience.Token);
            answer.EnsureSuccessStatusCode();
            await answer.Content.LoadIntoBufferAsync(LargestAnswer, patience.Token);
            var set = new JsonWebKeySet(await answer.Content.ReadAsStringAsync(patience.Token));
            var fresh = answer.Headers.CacheControl?.MaxAge is { } age && age > Pause ? age : TimeSpan.FromHours(1);
            known = new([.. set.GetSigningKeys()], now + fresh, now);
        }
        catch (Exception failed) when (failed is HttpRequestException or IOException or ArgumentException or System.Text.Json.JsonException
                                       || (failed is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            known = known with { AskedAt = now };
            Log.Unreachable(logger, failed.GetType().Name, failed.Message);
        }
    }

    private sealed record Known(SecurityKey[] Keys, DateTimeOffset FreshUntil, DateTimeOffset AskedAt)
    {
        public SecurityKey? Find(string? id) => Array.Find(Keys, key => key.KeyId == id && id is not null);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RelayKeysUnreachable, LogLevel.Warning, "Google's signing keys could not be read ({Kind}: {Error}); asked again in a minute")]
        public static partial void Unreachable(ILogger logger, string kind, string error);
    }
}
