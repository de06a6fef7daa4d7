using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Crossdock.Testing.Conformance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Crossdock.Connectors.Tests;

/// <summary>A server on loopback that writes down every call and answers as told: the other side of what is tested.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly WebApplication server;

    private Listener(WebApplication server) => this.server = server;

    /// <summary>Its address without a slash at the end.</summary>
    internal string Address => server.Urls.First();

    internal ConcurrentQueue<Call> Calls { get; } = new();

    /// <summary>What it answers; 200 without a body unless told otherwise.</summary>
    internal Func<HttpContext, Call, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    internal static async Task<Listener> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.UTF8;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        var listener = new Listener(builder.Build());
        listener.server.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var headers = new SampleHeaders(context.Request.Headers.Select(header => (header.Key, header.Value.ToString())));
            var call = new Call(context.Request.Method, context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget, headers, body.ToArray());
            listener.Calls.Enqueue(call);
            await listener.Answer(context, call);
        });
        await listener.server.StartAsync();
        return listener;
    }

    /// <summary>Answers every call alike.</summary>
    internal void Says(int status, string body = "", params (string Name, string Value)[] headers) => Answer = (context, _) => WriteAsync(context, status, body, headers);

    internal static Task WriteAsync(HttpContext context, int status, string body, params (string Name, string Value)[] headers)
    {
        context.Response.StatusCode = status;
        foreach (var (name, value) in headers)
        {
            context.Response.Headers[name] = value;
        }

        return body.Length == 0 ? Task.CompletedTask : context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Waits until as many calls have come.</summary>
    internal async Task UntilAsync(int calls)
    {
        for (int wait = 0; Calls.Count < calls; wait++)
        {
            if (wait == 2000)
            {
                throw new TimeoutException($"{Calls.Count} calls came, not {calls}");
            }

            await Task.Delay(5);
        }
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}

/// <summary>One call as it came.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Target">Path and query as they were sent.</param>
/// <param name="Headers">Headers.</param>
/// <param name="Body">The raw body.</param>
internal sealed record Call(string Method, string Target, SampleHeaders Headers, byte[] Body)
{
    internal string Text => Encoding.UTF8.GetString(Body);

    internal JsonNode Json => JsonNode.Parse(Body)!;
}
