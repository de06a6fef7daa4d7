using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Crossdock.Testing.Conformance;

/// <summary>An answer that somebody on the line gives in the platform's place.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="Headers">Further headers.</param>
public sealed record LineAnswer(int Status, string Body, params (string Name, string Value)[] Headers);

/// <summary>The line between a connector and an emulator: passes calls on unchanged, counts them, and breaks as told.</summary>
public sealed class FaultyLine : IAsyncDisposable
{
    private readonly HttpClient onward = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly WebApplication server;
    private readonly string target;

    private FaultyLine(string target, WebApplication server) => (this.target, this.server) = (target, server);

    /// <summary>Its address without a slash at the end.</summary>
    public string Address => server.Urls.First();

    /// <summary>Calls that came, as method and path.</summary>
    public ConcurrentQueue<(string Method, string Path)> Calls { get; } = new();

    /// <summary>What happens instead of passing a call on; null for nothing.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>How many calls are passed on and then left without an answer.</summary>
    public int AnswersToLose { get; set; }

    /// <summary>Only calls with these methods lose their answer; null for all.</summary>
    public Func<string, bool>? LosesAnswersOf { get; set; }

    /// <summary>Opens a line to an emulator.</summary>
    public static async Task<FaultyLine> OpenAsync(string target)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var line = new FaultyLine(target, builder.Build());
        line.server.Run(line.PassAsync);
        await line.server.StartAsync();
        return line;
    }

    /// <summary>Answers every call alike.</summary>
    public void Says(LineAnswer answer) => Instead = context => WriteAsync(context, answer);

    /// <summary>Answers a call.</summary>
    public static Task WriteAsync(HttpContext context, LineAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            context.Response.Headers[name] = value;
        }

        return answer.Body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(answer.Body, context.RequestAborted);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using (var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1)))
        {
            await server.StopAsync(soon.Token);
        }

        await server.DisposeAsync();
        onward.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        Calls.Enqueue((context.Request.Method, context.Request.Path.Value ?? ""));
        if (Instead is { } instead)
        {
            await instead(context);
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target + context.Features.Get<IHttpRequestFeature>()!.RawTarget);
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (body.Length > 0 || context.Request.ContentType is not null)
        {
            request.Content = new ByteArrayContent(body.ToArray());
        }

        foreach (var (name, value) in context.Request.Headers.Where(header => header.Key is not ("Connection" or "Transfer-Encoding" or "Content-Length")))
        {
            // The host stays as it was called: some platforms sign it, some put it into links.
            _ = request.Headers.TryAddWithoutValidation(name, value.ToString()) || request.Content?.Headers.TryAddWithoutValidation(name, value.ToString()) == true;
        }

        using var answer = await onward.SendAsync(request, HttpCompletionOption.ResponseContentRead, context.RequestAborted);
        if (AnswersToLose > 0 && LosesAnswersOf?.Invoke(context.Request.Method) != false)
        {
            AnswersToLose--;
            context.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Connection" or "Content-Length")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        byte[] content = await answer.Content.ReadAsByteArrayAsync(context.RequestAborted);
        if (content.Length > 0)
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }
}
