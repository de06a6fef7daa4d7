using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Custom;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Custom;

/// <summary>Every way in which a home-made shop proves that it is the shop.</summary>
public sealed class CustomSignatureTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_768_482_000);
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"id":1,"ñ":"🐦"}""");

    public static TheoryData<string, string, string, string, string> Schemes()
    {
        var all = new TheoryData<string, string, string, string, string>();
        foreach (string algorithm in new[] { "sha1", "sha256", "sha512" })
        {
            foreach (string encoding in new[] { "hex", "base64" })
            {
                foreach (string signed in new[] { "{body}", "{timestamp}.{body}", "{timestamp}:{body}", "{timestamp}{body}", "v0:{timestamp}:{body}:end" })
                {
                    all.Add(algorithm, encoding, "text", "", signed);
                }
            }

            all.Add(algorithm, "hex", "hex", algorithm + "=", "{body}");
            all.Add(algorithm, "base64", "base64", "v1,", "{timestamp}.{body}");
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Schemes))]
    public void Keyed_hash_is_checked_in_every_spelling(string algorithm, string encoding, string key, string prefix, string signed)
    {
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        string text = key switch { "hex" => Convert.ToHexString(secret), "base64" => Convert.ToBase64String(secret), _ => "plain-text-secret-ñ" };
        secret = key == "text" ? Encoding.UTF8.GetBytes(text) : secret;
        bool hasTime = signed.Contains("{timestamp}", StringComparison.Ordinal);
        var endpoint = Open($$"""{"kind":"hmac","header":"X-Sig","algorithm":"{{algorithm}}","encoding":"{{encoding}}","key":"{{key}}","prefix":"{{prefix}}","signed":"{{signed}}"{{(hasTime ? ",\"timestampHeader\":\"X-Time\"" : "")}} }""", ("webhookSecret", text));
        string timestamp = At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        string[] around = signed.Replace("{timestamp}", timestamp, StringComparison.Ordinal).Split("{body}");
        string right = prefix + Hash(algorithm, encoding, secret, [.. Encoding.UTF8.GetBytes(around[0]), .. Body, .. Encoding.UTF8.GetBytes(around[1])]);
        var headers = new SampleHeaders(("X-Sig", right), ("X-Time", timestamp));

        Assert.True(Check(endpoint, headers).IsValid);
        Assert.Equal("wrong", Check(endpoint, headers, [.. Body, (byte)'\n']).RefusedBecause);
        Assert.Equal("missing", Check(endpoint, headers.Without("X-Sig")).RefusedBecause);
        Assert.Equal("wrong", Check(endpoint, headers.With("X-Sig", prefix + Hash(algorithm, encoding, [1, 2, 3], Body))).RefusedBecause);
        Assert.False(Check(endpoint, headers.With("X-Sig", right[prefix.Length..^2])).IsValid);
        if (prefix.Length > 0)
        {
            Assert.Equal("malformed", Check(endpoint, headers.With("X-Sig", right[prefix.Length..])).RefusedBecause);
        }

        if (hasTime)
        {
            Assert.Equal("missing", Check(endpoint, headers.Without("X-Time")).RefusedBecause);
            Assert.Equal("wrong", Check(endpoint, headers.With("X-Time", (At.ToUnixTimeSeconds() + 1).ToString(CultureInfo.InvariantCulture))).RefusedBecause);
            Assert.True(Check(endpoint, headers, late: 300).IsValid);
            Assert.Equal("too_old", Check(endpoint, headers, late: 301).RefusedBecause);
            Assert.Equal("too_old", Check(endpoint, headers, late: -301).RefusedBecause);
        }
        else
        {
            Assert.True(Check(endpoint, headers, late: 1_000_000).IsValid);
        }
    }

    [Fact]
    public void Hash_in_the_query_and_a_tolerance_of_its_own_are_obeyed()
    {
        string hash = Hash("sha256", "hex", "s3cret"u8.ToArray(), Body);
        var inQuery = Open("""{"kind":"hmac","query":"sig"}""", ("webhookSecret", "s3cret"));
        Assert.True(Check(inQuery, new SampleHeaders(), query: $"?a=1&sig={hash}").IsValid);
        Assert.False(Check(inQuery, new SampleHeaders(), query: $"?sig={hash}&sig={hash}").IsValid);
        Assert.False(Check(inQuery, new SampleHeaders(("sig", hash))).IsValid);

        string timestamp = At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        var patient = Open("""{"kind":"hmac","header":"X-Sig","timestampHeader":"X-Time","toleranceSeconds":10}""", ("webhookSecret", "s3cret"));
        var headers = new SampleHeaders(("X-Sig", Hash("sha256", "hex", "s3cret"u8.ToArray(), [.. Encoding.UTF8.GetBytes(timestamp + "."), .. Body])), ("X-Time", timestamp));
        Assert.True(Check(patient, headers, late: 10).IsValid);      // milliseconds are recognised
        Assert.Equal("too_old", Check(patient, headers, late: 11).RefusedBecause);
    }

    [Theory]
    [InlineData("1768482000.5")]
    [InlineData("2026-01-15T13:00:00Z")]
    [InlineData("-1")]
    [InlineData("99999999999999999999")]
    public void Time_that_is_no_number_is_too_old(string timestamp)
    {
        var endpoint = Open("""{"kind":"hmac","header":"X-Sig","timestampHeader":"X-Time"}""", ("webhookSecret", "s3cret"));
        var headers = new SampleHeaders(("X-Sig", Hash("sha256", "hex", "s3cret"u8.ToArray(), [.. Encoding.UTF8.GetBytes(timestamp + "."), .. Body])), ("X-Time", timestamp));
        Assert.Equal("too_old", Check(endpoint, headers).RefusedBecause);
    }

    [Theory]
    [InlineData("t0ken", true)]
    [InlineData("t0keN", false)]
    [InlineData("t0ken ", false)]
    [InlineData("", false)]
    public void Shared_token_is_compared_whole(string sent, bool isValid)
    {
        Assert.Equal(isValid, Check(Open("""{"kind":"token","header":"X-Token"}""", ("webhookToken", "t0ken")), new SampleHeaders(("X-Token", sent))).IsValid);
        Assert.Equal(isValid, Check(Open("""{"kind":"token","header":"Authorization","prefix":"Token "}""", ("webhookToken", "t0ken")), new SampleHeaders(("Authorization", "Token " + sent))).IsValid);
        Assert.Equal(isValid, Check(Open("""{"kind":"token","query":"key"}""", ("webhookToken", "t0ken")), new SampleHeaders(), query: $"?key={Uri.EscapeDataString(sent)}").IsValid);
    }

    [Theory]
    [InlineData("Basic c2hvcDp0MGtlbg==", true)]
    [InlineData("basic c2hvcDp0MGtlbg==", true)]
    [InlineData("Basic c2hvcDpvdGhlcg==", false)]
    [InlineData("Bearer c2hvcDp0MGtlbg==", false)]
    [InlineData("Basic", false)]
    public void Name_and_password_are_checked(string header, bool isValid) =>
        Assert.Equal(isValid, Check(Open("""{"kind":"basic","user":"shop"}""", ("webhookPassword", "t0ken")), new SampleHeaders(("Authorization", header))).IsValid);

    [Fact]
    public void Former_secret_passes_while_it_is_being_changed()
    {
        const string Old = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", New = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
        string timestamp = At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signed = new SampleHeaders(("webhook-id", "msg_1"), ("webhook-timestamp", timestamp), ("webhook-signature", StandardWebhooks.Sign(StandardWebhooks.KeyOf(Old)!, "msg_1", timestamp, Body)));
        Assert.True(Check(Open(null, ("webhookSecret", New), ("previousWebhookSecret", Old)), signed).IsValid);
        Assert.Equal("wrong", Check(Open(null, ("webhookSecret", New)), signed).RefusedBecause);
        Assert.Equal("wrong", Check(Open(null, ("webhookSecret", Old)), signed.With("webhook-id", "msg_2")).RefusedBecause);
        foreach (string header in new[] { "webhook-id", "webhook-timestamp", "webhook-signature" })
        {
            Assert.Equal("missing", Check(Open(null, ("webhookSecret", Old)), signed.Without(header)).RefusedBecause);
        }
    }

    private static string Hash(string algorithm, string encoding, byte[] key, byte[] content)
    {
#pragma warning disable CA5350 // Some shops still sign with SHA-1.
        byte[] hash = algorithm switch { "sha1" => HMACSHA1.HashData(key, content), "sha512" => HMACSHA512.HashData(key, content), _ => HMACSHA256.HashData(key, content) };
#pragma warning restore CA5350
        return encoding == "hex" ? Convert.ToHexStringLower(hash) : Convert.ToBase64String(hash);
    }

    private static SignatureCheck Check(IWebhookEndpoint endpoint, SampleHeaders headers, byte[]? body = null, int late = 0, string query = "") => endpoint.CheckSignature(new WebhookRequest(body ?? Body, headers, query, At.AddSeconds(late)));

    private static IWebhookEndpoint Open(string? signature, params (string Name, string Value)[] secrets)
    {
        using var document = JsonDocument.Parse(signature is null ? "{}" : $$"""{"signature":{{signature}} }""");
        var settings = new ConnectionSettings("own", "Own", "custom", document.RootElement.Clone(), secrets.ToDictionary(secret => secret.Name, secret => secret.Value));
        Assert.Empty(new CustomConnector().Check(settings));
        return new CustomConnector().Open(settings);
    }
}
