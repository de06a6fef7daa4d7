using Crossdock.Access;
using Crossdock.Alerts;
using Crossdock.Connections;
using Crossdock.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Watch;

/// <summary>Renews connections' access tokens before anybody needs them, so that no order waits for it, and tells when one cannot be renewed before its end. Whoever holds a token's row renews it: of several nodes one.</summary>
internal sealed partial class TokenKeeper(TokenVaults vaults, IConnectionDirectory directory, AlertStore alerts, TimeProvider clock, ILogger<TokenKeeper> logger) : BackgroundService
{
    private const int Longest = 300;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30), Patience = TimeSpan.FromSeconds(60);

    private readonly HashSet<(int, string)> told = [];

    /// <summary>One round over the tokens that this node has used.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var (connection, vault) in vaults.All)
        {
            if (directory.Current.ById.GetValueOrDefault(connection) is not { IsEnabled: true } known)
            {
                continue;
            }

            foreach (var token in await vault.KeepAsync(Patience, cancellationToken))
            {
                string subject = "access " + token.Name;
                if (token.Problem is null)
                {
                    if (told.Remove((connection.Value, token.Name)) || token.WasRenewed)
                    {
                        await alerts.EndAsync(AlertKind.TokenExpiring, connection, subject, "It was renewed.", cancellationToken);
                    }

                    continue;
                }

                Log.NotRenewed(logger, known.Key, token.Name, token.Problem.GetType().Name);
                told.Add((connection.Value, token.Name));
                string why = token.Problem.Message.Length > Longest ? token.Problem.Message[..Longest] : token.Problem.Message;
                await alerts.RaiseAsync(new NewAlert(AlertKind.TokenExpiring, connection, subject, token.ExpiresAt <= clock.GetUtcNow() ? AlertSeverity.Critical : AlertSeverity.Warning,
                    $"The access token of {known.Settings.Name} {(token.ExpiresAt <= clock.GetUtcNow() ? "ran out" : "runs out")} on {Spoken.Of(token.ExpiresAt)} and cannot be renewed: {why}",
                    "Without it the hub neither reads from the platform nor writes to it; webhooks still come. It is tried again every 30 seconds. If the platform refuses, give the connection new credentials under Settings, and use Test."), cancellationToken);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
            {
                Log.Away(logger, exception.Message);
            }

            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(AlertEventIds.TokenNotRenewed, LogLevel.Warning, "the token {Token} of {Connection} could not be renewed ahead of its end: {Kind}")]
        public static partial void NotRenewed(ILogger logger, string connection, string token, string kind);

        [LoggerMessage(AlertEventIds.TokensWait, LogLevel.Warning, "renewing tokens waits for the database: {Error}")]
        public static partial void Away(ILogger logger, string error);
    }
}
