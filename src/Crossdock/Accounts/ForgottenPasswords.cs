using System.Net.Mail;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crossdock.Accounts;

/// <summary>Sends people a link for a new password. Whoever asks gets the same answer after the same time, whether there is such an account or not: the work is done afterwards.</summary>
public sealed partial class ForgottenPasswords(IServiceScopeFactory scopes, Mailer mailer, ILogger<ForgottenPasswords> logger) : BackgroundService
{
    // More than waits here are pranks.
    private const int Most = 100;

    private readonly Channel<(string Name, Uri Hub)> asked = Channel.CreateBounded<(string, Uri)>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Has a link sent to the account of this name or mail address, if there is one with a mail address.</summary>
    /// <param name="name">As typed.</param>
    /// <param name="hub">The hub's public address: never what the request called it, which anybody can choose.</param>
    public void Ask(string name, Uri hub) => asked.Writer.TryWrite((name, hub));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (name, hub) in asked.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await SendAsync(name, hub, stoppingToken);
            }
#pragma warning disable CA1031 // One mail that cannot be sent must not keep the next from its person.
            catch (Exception failure) when (failure is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.NotSent(logger, failure.GetType().Name, failure is SmtpException ? failure.Message : "see the database");
            }
        }
    }

    private async Task SendAsync(string name, Uri hub, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var accounts = scope.ServiceProvider.GetRequiredService<UserAccounts>();
        if (await accounts.FindAccountAsync(name) is not { IsDisabled: false, Mail: { } mail } user || await accounts.InviteAsync(user.Id, cancellationToken) is not { Ticket: { } ticket })
        {
            return;
        }

        await mailer.SendAsync(mail, "Crossdock: a new password", $"""
            Somebody, probably you, asked for a new password for the account {user.Name} at {hub}.

            Choose it here; the link works once, for a day:
            {hub.AbsoluteUri.TrimEnd('/')}/sign-in/password?user={user.Id}&ticket={ticket}

            If it was not you, there is nothing to do: your password holds.
            """, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(1602, LogLevel.Error, "the mail with a link for a new password could not be sent ({Kind}): {Error}")]
        public static partial void NotSent(ILogger logger, string kind, string error);
    }
}
