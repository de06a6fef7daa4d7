using System.Net;
using System.Net.Mail;
using Microsoft.Extensions.Options;

namespace Crossdock.Accounts;

/// <summary>Sends mail through the configured server.</summary>
public sealed class Mailer(IOptions<MailOptions> options)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>True when a server and a sender are configured.</summary>
    public bool CanSend => !string.IsNullOrWhiteSpace(options.Value.Host) && !string.IsNullOrWhiteSpace(options.Value.From);

    /// <summary>Hands one message to the server.</summary>
    /// <exception cref="SmtpException">It did not take it.</exception>
    public async Task SendAsync(string to, string subject, string text, CancellationToken cancellationToken)
    {
        var mail = options.Value;
        using var message = new MailMessage(mail.From!, to, subject, text);
        using var client = new SmtpClient(mail.Host, mail.Port) { EnableSsl = mail.StartTls };
        if (!string.IsNullOrWhiteSpace(mail.User))
        {
            client.Credentials = new NetworkCredential(mail.User, mail.Password);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        await client.SendMailAsync(message, patience.Token);
    }
}
