using System.Text.Json;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Testing.Reading;

/// <summary>Access to an emulator, as the hub would give it: a client without redirects, a budget that never waits but remembers, tokens in memory.</summary>
public sealed class TestAccess : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Makes access with these settings; with the tokens of another access where the hub would share them.</summary>
    public TestAccess(string platform, string settings, IReadOnlyDictionary<string, string> secrets, TimeProvider clock, MemoryVault? tokens = null)
    {
        Tokens = tokens ?? new MemoryVault();
        Access = new ConnectionAccess
        {
            Settings = new ConnectionSettings("store", "Store", platform, JsonElement.Parse(settings), secrets),
            Http = http,
            Clock = clock,
            Budget = Budget,
            Tokens = Tokens,
        };
    }

    /// <summary>What a connector is given.</summary>
    public ConnectionAccess Access { get; }
    /// <summary>What was asked of the budget and told to it.</summary>
    public RecordedBudget Budget { get; } = new();
    /// <summary>The tokens.</summary>
    public MemoryVault Tokens { get; }

    /// <inheritdoc />
    public void Dispose() => http.Dispose();
}

/// <summary>A budget that never waits and remembers what it was told.</summary>
public sealed class RecordedBudget : IRequestBudget
{
    private readonly Lock gate = new();

    /// <summary>Costs of the calls, in order.</summary>
    public List<double> Spent { get; } = [];
    /// <summary>What the platform's headers said, in order.</summary>
    public List<(double Remaining, double Limit, double? RestoredPerSecond)> Reports { get; } = [];
    /// <summary>Pauses asked for, in order.</summary>
    public List<TimeSpan> Pauses { get; } = [];

    /// <inheritdoc />
    public ValueTask WaitAsync(double cost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            Spent.Add(cost);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public void Report(double remaining, double limit, double? restoredPerSecond)
    {
        lock (gate)
        {
            Reports.Add((remaining, limit, restoredPerSecond));
        }
    }

    /// <inheritdoc />
    public void Pause(TimeSpan duration)
    {
        lock (gate)
        {
            Pauses.Add(duration);
        }
    }
}

/// <summary>Tokens in memory, renewed by one caller at a time.</summary>
public sealed class MemoryVault : ITokenVault, IDisposable
{
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<string, StoredToken> tokens = [];

    /// <summary>How often a token was renewed.</summary>
    public int Renewals { get; private set; }

    /// <inheritdoc />
    public async Task<StoredToken> GetAsync(string name, Func<StoredToken?, CancellationToken, Task<StoredToken>> renew, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            var stored = tokens.GetValueOrDefault(name);
            if (stored is null || stored.AccessToken.Length == 0)
            {
                stored = tokens[name] = await renew(stored, cancellationToken);
                Renewals++;
            }

            return stored;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc />
    public async Task RefusedAsync(string name, StoredToken token, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (tokens.GetValueOrDefault(name) is { } stored && stored.AccessToken == token.AccessToken)
            {
                // The refresh token is still needed; an empty access token is never handed out.
                tokens[name] = stored with { AccessToken = "" };
            }
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => gate.Dispose();
}
