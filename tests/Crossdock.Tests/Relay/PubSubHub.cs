using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Crossdock.Tests.Relay;

/// <summary>A hub whose store takes Pub/Sub pushes, and a stand-in for Google: its page of keys, and tokens signed with them.</summary>
internal sealed class PubSubHub : IAsyncDisposable
{
    public const string Account = "shopify-push@project.iam.gserviceaccount.com";
    public const string Audience = "https://hub.example/in/acme/pubsub";
    private readonly WebApplication google;
    private RsaSecurityKey key = Key("key-1");

    private PubSubHub(WebApplication google) => this.google = google;

    public TestHub Hub { get; private set; } = null!;
    public Uri KeysAddress => new(google.Urls.First() + "/certs");
    public string KeyId => key.KeyId;
    public int KeysAsked { get; private set; }
    public bool IsGoogleAway { get; set; }

    public static async Task<PubSubHub> StartAsync(NpgsqlDataSource database)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var all = new PubSubHub(builder.Build());
        all.google.MapGet("/certs", all.Keys);
        await all.google.StartAsync();
        all.Hub = await TestHub.StartAsync(database,
            options: new() { ["Crossdock:Relay:GoogleKeysUrl"] = all.KeysAddress.ToString(), ["Crossdock:Connections:AllowPrivateAddresses"] = "true" },
            store: $$"""{"shop":"acme.myshopify.com","pubSub":{"serviceAccount":"{{Account}}","audience":"{{Audience}}"} }""");
        return all;
    }

    /// <summary>Google signs with another key from now on.</summary>
    public void Rotate(string id) => key = Key(id);

    /// <summary>A token as Google makes it, with what is to be wrong.</summary>
    public string Token(string audience = Audience, string email = Account, bool isVerified = true, string issuer = "https://accounts.google.com", TimeSpan? age = null, string? algorithm = null)
    {
        var issued = TimeProvider.System.GetUtcNow() - (age ?? TimeSpan.FromMinutes(20));
        var description = new SecurityTokenDescriptor
        {
            Claims = new Dictionary<string, object>
            {
                ["iss"] = issuer, ["aud"] = audience, ["email"] = email, ["email_verified"] = isVerified, ["sub"] = "112233445566778899000", ["azp"] = "112233445566778899000",
                ["iat"] = issued.ToUnixTimeSeconds(), ["exp"] = issued.AddHours(1).ToUnixTimeSeconds(),
            },
            SigningCredentials = algorithm == "HS256"
                // The old trick: the public key taken for a shared secret.
                ? new SigningCredentials(new SymmetricSecurityKey(key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = key.KeyId }, SecurityAlgorithms.HmacSha256)
                : new SigningCredentials(key, SecurityAlgorithms.RsaSha256),
        };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(description);
    }

    /// <summary>Pushes a body and answers the status.</summary>
    public async Task<int> PushAsync(byte[] body, string? token, IReadOnlyDictionary<string, string>? headers = null, string connection = "acme")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/in/{connection}/pubsub") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        }

        foreach (var (name, value) in headers ?? new Dictionary<string, string>())
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await Hub.Http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    /// <summary>A push as Google wraps it.</summary>
    public static byte[] Wrapped(string data, string messageId, string? webhookId = null, string shop = "acme.myshopify.com", string topic = "orders/create") => JsonSerializer.SerializeToUtf8Bytes(new
    {
        message = new
        {
            attributes = Attributes(webhookId ?? "w-" + messageId, shop, topic),
            data = Convert.ToBase64String(Encoding.UTF8.GetBytes(data)),
            messageId,
            message_id = messageId,
            orderingKey = shop,
            publishTime = "2026-11-01T10:00:00.749Z",
            publish_time = "2026-11-01T10:00:00.749Z",
        },
        subscription = "projects/project/subscriptions/shopify-orders",
    });

    public static Dictionary<string, string> Attributes(string webhookId, string shop = "acme.myshopify.com", string topic = "orders/create") => new()
    {
        ["X-Shopify-Topic"] = topic, ["X-Shopify-Shop-Domain"] = shop, ["X-Shopify-Webhook-Id"] = webhookId, ["X-Shopify-API-Version"] = "2026-10",
    };

    public async ValueTask DisposeAsync()
    {
        await Hub.DisposeAsync();
        await google.DisposeAsync();
    }

    private static RsaSecurityKey Key(string id) => new(RSA.Create(2048)) { KeyId = id };

    private IResult Keys(HttpContext context)
    {
        KeysAsked++;
        if (IsGoogleAway)
        {
            return Results.StatusCode(500);
        }

        var open = key.Rsa.ExportParameters(includePrivateParameters: false);
        context.Response.Headers.CacheControl = "public, max-age=19000, must-revalidate, no-transform";
        return Results.Json(new { keys = new[] { new { kty = "RSA", alg = "RS256", use = "sig", kid = key.KeyId, n = Base64UrlEncoder.Encode(open.Modulus), e = Base64UrlEncoder.Encode(open.Exponent) } } });
    }
}
