using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Crossdock.Tests.Webhooks;

/// <summary>What somebody's system received.</summary>
public sealed record Received(string Id, string Timestamp, string Signature, string Body)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string Type => Json.GetProperty("type").GetString()!;

    /// <summary>Checks a signature as the specification says it, with no code of the hub's: true when one of those sent is right.</summary>
    public bool IsSignedWith(string secret)
    {
        Assert.InRange(long.Parse(Timestamp, CultureInfo.InvariantCulture), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 300, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 5);
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret.Replace("whsec_", "", StringComparison.Ordinal)));
        string right = "v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(Id + "." + Timestamp + "." + Body)));
        return Signature.Split(' ').Contains(right, StringComparer.Ordinal);
    }
}

/// <summary>Systems that are told: each path is one, answering what the test says; and a courier that takes everything.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Received>> received = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> answers = new(StringComparer.Ordinal);

    private WebhookReceiver(WebApplication application) => this.application = application;

    public string Address => application.Urls.First();

    public static async Task<WebhookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var application = builder.Build();
        var receiver = new WebhookReceiver(application);
        application.MapPost("/courier", () => Results.Json(new { id = Guid.NewGuid() }, statusCode: 201));
        application.MapPost("/told/{name}", async (string name, HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body, Encoding.UTF8);
            receiver.received.GetOrAdd(name, _ => new()).Enqueue(new(request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString(), request.Headers["webhook-signature"].ToString(), await reader.ReadToEndAsync()));
            return Results.Text($"this is {name}", statusCode: receiver.answers.GetValueOrDefault(name, 200));
        });
        await application.StartAsync();
        return receiver;
    }

    public void Answer(string name, int status) => answers[name] = status;

    public IReadOnlyList<Received> Of(string name) => received.TryGetValue(name, out var some) ? [.. some] : [];

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
