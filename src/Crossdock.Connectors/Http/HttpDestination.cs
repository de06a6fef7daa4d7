using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Http;

/// <summary>One generic destination, prepared.</summary>
internal sealed class HttpDestination(HttpSettings settings, HttpClient http, TimeProvider clock) : IDestination
{
    private readonly AccessTokens? tokens = settings.Authentication is HttpAuthentication.OAuth2 oauth ? new AccessTokens(oauth, http, clock, settings.Masks) : null;

    public DestinationLimits Limits => settings.Limits;

    public bool CanFind => settings.Find is not null;

    public bool Can(DeliveryKind kind) => CallFor(kind) is not null;

    public async Task<SendResult> SendAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (CallFor(request.Kind) is not { } call)
        {
            return new SendResult(new Hold($"this destination has no call for {EnumNamesOf(request.Kind)}"), null);
        }

        // A token that was taken back is renewed once; a second 401 is a person's business.
        var (result, token) = await AttemptAsync(call, request, cancellationToken);
        if (token is not null && result.Exchange?.Status == (int)HttpStatusCode.Unauthorized)
        {
            tokens!.Forget(token);
            (result, _) = await AttemptAsync(call, request, cancellationToken);
        }

        return result;
    }

    public async Task<FindResult> FindAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        if (settings.Find is not { } find)
        {
            return new FindResult(FindAnswer.CannotSay, null, "this destination cannot be asked", null);
        }

        var (result, token) = await LookUpAsync(find, request, cancellationToken);
        if (token is not null && result.Exchange?.Status == (int)HttpStatusCode.Unauthorized)
        {
            tokens!.Forget(token);
            (result, _) = await LookUpAsync(find, request, cancellationToken);
        }

        return result;
    }

    public void Dispose() => tokens?.Dispose();

    private HttpCall? CallFor(DeliveryKind kind) => kind switch
    {
        DeliveryKind.Create => settings.Create,
        DeliveryKind.Update => settings.Update,
        DeliveryKind.Cancel => settings.Cancel,
        DeliveryKind.Status => null,
    };

    private static string EnumNamesOf(DeliveryKind kind) => Model.Orders.EnumNames<DeliveryKind>.Of(kind);

    private async Task<(SendResult Result, string? Token)> AttemptAsync(HttpCall call, DeliveryRequest request, CancellationToken cancellationToken)
    {
        var heard = await CallAsync(call, request, (response, body) => HttpAnswers.Read(call, response, body, request, clock, settings.Masks), cancellationToken);
        return (new SendResult(heard.Outcome, heard.Exchange), heard.Token);
    }

    private async Task<(FindResult Result, string? Token)> LookUpAsync(HttpLookUp find, DeliveryRequest request, CancellationToken cancellationToken)
    {
        var answer = new FindResult(FindAnswer.CannotSay, null, null, null);
        var heard = await CallAsync(find.Call, request, (response, body) =>
        {
            answer = Understand(find, (int)response.StatusCode, body);
            return new Delivered();
        }, cancellationToken);
        string? because = heard.Outcome switch
        {
            RetryLater retry => retry.Because,
            Unclear unclear => unclear.Because,
            Hold hold => hold.Because,
            _ => answer.Because,
        };
        return (answer with { Because = because, Exchange = heard.Exchange }, heard.Token);
    }

    private static FindResult Understand(HttpLookUp find, int status, ReadOnlyMemory<byte> body)
    {
        if (status == find.NotFoundStatus)
        {
            return new FindResult(FindAnswer.HasNot, null, null, null);
        }

        if (status is < 200 or > 299)
        {
            return new FindResult(FindAnswer.CannotSay, null, $"the look-up was answered with HTTP {status}", null);
        }

        if (find.RemoteId is null)
        {
            return new FindResult(FindAnswer.Has, null, null, null);
        }

        try
        {
            using var answer = JsonDocument.Parse(body);
            string? id = find.RemoteId.FindText(answer.RootElement);
            return new FindResult(id is null ? FindAnswer.HasNot : FindAnswer.Has, id, null, null) { Tracking = id is null ? null : find.Call.Tracking.In(answer.RootElement) };
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return new FindResult(FindAnswer.CannotSay, null, $"the look-up was answered with HTTP {status} and something that is not JSON", null);
        }
    }

    private async Task<Heard> CallAsync(HttpCall call, DeliveryRequest request, Func<HttpResponseMessage, ReadOnlyMemory<byte>, Outcome> read, CancellationToken cancellationToken)
    {
        long started = clock.GetTimestamp();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(settings.Limits.TimeoutSeconds), clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        string? token = null;
        HttpRequestMessage? message = null;
        OrderContent? content = null;
        var exchange = new Exchange { Method = call.Method.Method, Url = "" };
        try
        {
            if (tokens is not null)
            {
                (token, var trouble) = await tokens.GetAsync(both.Token);
                if (trouble is not null)
                {
                    return new Heard(trouble, null, null);
                }
            }

            (message, content) = Prepare(call, request, token, ref exchange);

            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token);
            exchange = exchange with { Status = (int)response.StatusCode, ResponseHeaders = HeadersOf(response) };
            using var body = await AnswerBody.ReadAsync(response, both.Token);
            exchange = exchange with { ResponseBody = settings.Masks.Body(body.Memory.Span), ElapsedMs = Elapsed(started) };
            return new Heard(read(response, body.Memory), exchange, token);
        }
        catch (Exception error) when (error is TemplateException or UriFormatException)
        {
            return new Heard(new Hold(error.Message), null, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Broken($"no answer within {settings.Limits.TimeoutSeconds.ToString(CultureInfo.InvariantCulture)} s");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return Broken(error is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } known
                ? $"{known.HttpRequestError}: {error.Message}"
                : error.Message);
        }
        finally
        {
            message?.Dispose();
        }

        // Nothing of the request had left when the connection could not be made: it can be repeated without asking.
        Heard Broken(string what)
        {
            what = settings.Masks.Mask(what);
            bool wasSent = content is not null ? content.HasStarted : exchange.Url.Length > 0 && !call.HasBody;
            return new Heard(
                wasSent || exchange.Status is not null ? new Unclear($"sent, but {what}") : new RetryLater($"could not be sent: {what}"),
                exchange with { Error = what, ElapsedMs = Elapsed(started) }, token);
        }
    }

    private (HttpRequestMessage Message, OrderContent? Content) Prepare(HttpCall call, DeliveryRequest request, string? token, ref Exchange exchange)
    {
        var model = call.NeedsModel ? TemplateModel.Read(request) : null;
        var url = call.ConstantUrl ?? new Uri(call.Url.Fill(model), UriKind.Absolute);
        var body = call.HasBody ? BodyOf(call, request, model) : default;
        var log = new StringBuilder(160);
        var message = new HttpRequestMessage(call.Method, url);
        OrderContent? content = null;
        if (call.HasBody)
        {
            content = new OrderContent(body, call.ContentType);
            message.Content = content;
            log.Append("Content-Type: ").Append(call.ContentType).Append('\n');
        }

        string key = request.Id.ToString();
        message.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        log.Append("Idempotency-Key: ").Append(key).Append('\n');
        foreach (var (name, template) in call.Headers)
        {
            string value = template.Fill(model);
            message.Headers.TryAddWithoutValidation(name, value);
            log.Append(name).Append(": ").Append(SecretHeaders.Contains(name) ? Masks.Masked : settings.Masks.Mask(value)).Append('\n');
        }

        var (header, secret) = settings.Authentication switch
        {
            HttpAuthentication.None => (null, null),
            HttpAuthentication.Basic basic => ("Authorization", basic.Value),
            HttpAuthentication.Header own => (own.Name, own.Value),
            HttpAuthentication.OAuth2 => ("Authorization", "Bearer " + token),
            HttpAuthentication.Hmac hmac => (hmac.Name, hmac.Sign(body.Span)),
            _ => throw new UnreachableException(),
        };
        if (header is not null)
        {
            message.Headers.TryAddWithoutValidation(header, secret);
            log.Append(header).Append(": ").Append(Masks.Masked).Append('\n');
        }

        exchange = exchange with { Url = settings.Masks.Mask(url.AbsoluteUri), RequestHeaders = log.ToString(0, log.Length - 1), RequestBody = settings.Masks.Body(body.Span) };
        return (message, content);
    }

    private static ReadOnlyMemory<byte> BodyOf(HttpCall call, DeliveryRequest request, Dictionary<string, object?>? model)
    {
        if (request.BodyOverride is { } edited)
        {
            return Encoding.UTF8.GetBytes(edited);
        }

        if (call.Body is null)
        {
            return request.Document;
        }

        byte[] body = Encoding.UTF8.GetBytes(call.Body.Fill(model));
        if (!call.IsForm)
        {
            try
            {
                var reader = new Utf8JsonReader(body, new JsonReaderOptions { AllowTrailingCommas = false });
                while (reader.Read())
                {
                    reader.Skip();
                }
            }
            catch (JsonException error)
            {
                throw new TemplateException($"the body template does not give JSON for this order: {error.Message}");
            }
        }

        return body;
    }

    private string HeadersOf(HttpResponseMessage response)
    {
        var text = new StringBuilder(200);
        foreach (var header in response.Headers.NonValidated)
        {
            Append(header.Key, header.Value);
        }

        foreach (var header in response.Content.Headers.NonValidated)
        {
            Append(header.Key, header.Value);
        }

        return settings.Masks.Mask(text.ToString());

        void Append(string name, System.Net.Http.Headers.HeaderStringValues values)
        {
            if (text.Length < 8192)
            {
                text.Append(text.Length > 0 ? "\n" : "").Append(name).Append(": ").Append(SecretHeaders.Contains(name) ? Masks.Masked : values.ToString());
            }
        }
    }

    private int Elapsed(long started) => (int)clock.GetElapsedTime(started).TotalMilliseconds;

    private readonly record struct Heard(Outcome Outcome, Exchange? Exchange, string? Token);
}
