using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;
using Crossdock.Accounts;
using Crossdock.Connections;

namespace Crossdock.Alerts;

/// <summary>How sending a message went: null, or why it did not get through, for people; and when the receiver wants to be asked again.</summary>
internal sealed record SendResult(string? Error, TimeSpan? After = null)
{
    public static readonly SendResult Sent = new((string?)null);
}

/// <summary>Sends one message. Every failure is an answer; nothing secret is in it.</summary>
internal sealed class AlertSender(Mailer mailer, OutgoingHttp http, RouteSecrets secrets, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    public async Task<SendResult> SendAsync(RouteWork route, AlertLetter letter, CancellationToken cancellationToken)
    {
        if (route.Channel == RouteChannel.Mail)
        {
            return await MailAsync(route, letter, cancellationToken);
        }

        return route.Protected is null || secrets.Open(route.Id, route.Protected) is not { Address: { } address } secret || !Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? new("Its address cannot be read with the keys in the data folder: type it again, or bring the keys back from their backup.")
            : await PostAsync(route.Channel, uri, secret.Signing, letter, cancellationToken);
    }

    private async Task<SendResult> MailAsync(RouteWork route, AlertLetter letter, CancellationToken cancellationToken)
    {
        if (!mailer.CanSend)
        {
            return new("The hub has no mail server: set Crossdock__Mail__Host and Crossdock__Mail__From, and start it again.");
        }

        try
        {
            await mailer.SendAsync(string.Join(", ", route.Mails), "Crossdock: " + letter.Title.ReplaceLineEndings(" "), letter.Mail(), cancellationToken);
            return SendResult.Sent;
        }
        catch (Exception failure) when (failure is SmtpException or IOException or SocketException or FormatException or InvalidOperationException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new($"The mail server did not take it: {(failure is OperationCanceledException ? "it does not answer" : failure.GetBaseException().Message)}");
        }
    }

    private async Task<SendResult> PostAsync(RouteChannel channel, Uri address, string? signing, AlertLetter letter, CancellationToken cancellationToken)
    {
        string body = channel switch
        {
            RouteChannel.Slack => letter.Slack(),
            RouteChannel.Teams => letter.Teams(),
            RouteChannel.Webhook => letter.Webhook(),
            RouteChannel.Mail => letter.Mail(),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.UserAgent.ParseAdd("Crossdock");
        if (channel == RouteChannel.Webhook)
        {
            long at = clock.GetUtcNow().ToUnixTimeSeconds();
            request.Headers.Add("webhook-id", letter.Id.ToString());
            request.Headers.Add("webhook-timestamp", at.ToString(CultureInfo.InvariantCulture));
            request.Headers.Add("webhook-signature", RouteSecrets.Sign(signing ?? "", letter.Id, at, body));
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Longest);
        try
        {
            using var answer = await http.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            return answer.IsSuccessStatusCode ? SendResult.Sent : new($"{address.Host} answered HTTP {(int)answer.StatusCode}{Advice(answer.StatusCode)}", answer.Headers.RetryAfter?.Delta);
        }
        catch (HttpRequestException failure)
        {
            return new($"{address.Host} cannot be reached: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new($"{address.Host} did not answer within {Longest.TotalSeconds:0} seconds.");
        }
    }

    private static string Advice(HttpStatusCode status) => status switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized => ": the address holds no longer. Make a new one there and put it into this route.",
        HttpStatusCode.BadRequest => ": it did not understand the message. See that the route's kind is the one of the address.",
        _ => ".",
    };
}
