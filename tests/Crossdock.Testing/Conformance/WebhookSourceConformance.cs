using System.Text;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every platform that calls us owes: signatures that cannot be got around, and an envelope for whatever comes.</summary>
public abstract class WebhookSourceConformance : ConnectorConformance
{
    private static readonly byte[][] Garbage =
    [
        [], "null"u8.ToArray(), "[]"u8.ToArray(), "[[[[[["u8.ToArray(), "{}"u8.ToArray(), "{"u8.ToArray(), "\"text\""u8.ToArray(), "12"u8.ToArray(), "tru"u8.ToArray(),
        [0xFF, 0xFE, 0x00, 0x80], [0x7B, 0x22, 0xC3, 0x28, 0x22, 0x3A, 0x31, 0x7D], Encoding.UTF8.GetBytes("{\"id\":{\"id\":{}},\"order\":[],\"data\":7,\"type\":null}"),
        Encoding.UTF8.GetBytes(new string('[', 5000)), Encoding.UTF8.GetBytes("{\"id\":\"" + new string('9', 5000) + "\"}"), Encoding.UTF8.GetBytes("{\"id\":1e400,\"id\":-0}"), "\uFEFF{\"id\":1}"u8.ToArray(),
    ];

    /// <summary>When the sample arrives; choose it near the sample's own time where the scheme has a tolerance.</summary>
    protected virtual DateTimeOffset ReceivedAt => new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>The header that carries the signature, or null when it is carried elsewhere (then <see cref="Unsigned"/> is overridden).</summary>
    protected abstract string? SignatureHeader { get; }

    /// <summary>A right request for these settings with this body.</summary>
    protected abstract SampleRequest Sign(ConnectionSettings connection, byte[] body);

    /// <summary>An order document of our own.</summary>
    protected abstract byte[] SampleBody { get; }

    /// <summary>Another store on the same platform: the same settings with other secrets.</summary>
    protected abstract ConnectionSettings OtherStore { get; }

    /// <summary>False for schemes that do not sign the body (a shared token).</summary>
    protected virtual bool SignsBody => true;

    /// <summary>The content type the platform sends.</summary>
    protected virtual string ContentType => "application/json";

    private IWebhookEndpoint Endpoint => ((IWebhookSource)Connector).Open(Valid);

    private SampleRequest Sample => Sign(Valid, SampleBody);

    [Fact]
    public void Right_signature_passes()
    {
        Assert.True(Endpoint.CheckSignature(Sample.At(ReceivedAt)).IsValid);
        Assert.True(Endpoint.Accepts(ContentType));
        Assert.True(Endpoint.AnswerWithin > TimeSpan.Zero);
    }

    [Fact]
    public void Body_changed_by_one_byte_is_refused()
    {
        Assert.SkipUnless(SignsBody, "the scheme does not sign the body");
        for (int index = 0; index < SampleBody.Length; index += Math.Max(1, SampleBody.Length / 64))
        {
            byte[] changed = [.. SampleBody];
            changed[index] ^= 1;
            Refused(Sample with { Body = changed });
        }

        Refused(Sample with { Body = [.. SampleBody, (byte)' '] });
        Refused(Sample with { Body = SampleBody[..^1] });
        Refused(Sample with { Body = [] });
    }

    [Fact]
    public void Missing_or_doubled_or_empty_signature_is_refused()
    {
        Assert.SkipWhen(SignatureHeader is null, "the signature is not in a header");
        Refused(Sample with { Headers = Sample.Headers.Without(SignatureHeader!) });
        Refused(Sample with { Headers = Sample.Headers.Doubled(SignatureHeader!) });
        Refused(Sample with { Headers = Sample.Headers.With(SignatureHeader!, "") });
        Refused(Sample with { Headers = new SampleHeaders() });
    }

    [Fact]
    public void Damaged_signature_is_refused()
    {
        Assert.SkipWhen(SignatureHeader is null, "the signature is not in a header");
        string right = Sample.Headers[SignatureHeader!]!;
        string[] damaged =
        [
            right[..^1], right[1..], right[..(right.Length / 2)], right + right, "=", " ", "sha256=", "v1,", "v1,=", "ñ", "\0", new string('A', 44), new string('a', 64), new string('A', 10_000),
            Flip(right, right.Length / 2),
        ];
        Assert.All(damaged, signature => Refused(Sample with { Headers = Sample.Headers.With(SignatureHeader!, signature) }));
    }

    [Fact]
    public void Signature_of_another_store_is_refused() => Refused(Sign(OtherStore, SampleBody));

    [Fact]
    public void Garbage_never_throws_and_still_has_an_envelope()
    {
        var endpoint = Endpoint;
        foreach (byte[] body in Garbage.Concat(Truncations()))
        {
            foreach (var request in new[] { Sign(Valid, body), new SampleRequest(body, new SampleHeaders()), Sample with { Body = body, Query = "?%%%=&&" } })
            {
                var call = request.At(ReceivedAt);
                _ = endpoint.CheckSignature(call);
                _ = endpoint.Probe(call);
                var envelope = endpoint.ReadEnvelope(call);
                Assert.InRange(envelope.DedupeKey.Length, 1, 200);
                Assert.False(string.IsNullOrEmpty(envelope.Topic));
                Assert.NotEqual("", envelope.OrderKey);
                Assert.True(envelope.OrderKey is null || envelope.OrderKey.Length <= 200, "an order key is at most 200 characters");
                Assert.DoesNotContain('\0', envelope.DedupeKey + envelope.Topic + envelope.OrderKey);
            }
        }
    }

    [Fact]
    public void Headers_of_any_kind_never_throw()
    {
        var endpoint = Endpoint;
        string[] odd = ["", " ", "ñ🐦", new string('x', 20_000), "\r\nX-Admin: 1", "9999-99-99T99:99:99Z", "-1", "1e400", "%%%"];
        foreach (string name in Sample.Headers.Names)
        {
            foreach (var headers in odd.Select(value => Sample.Headers.With(name, value)).Append(Sample.Headers.Without(name)).Append(Sample.Headers.Doubled(name)))
            {
                var call = (Sample with { Headers = headers }).At(ReceivedAt);
                _ = endpoint.CheckSignature(call);
                _ = endpoint.Probe(call);
                var envelope = endpoint.ReadEnvelope(call);
                Assert.InRange(envelope.DedupeKey.Length, 1, 200);
                Assert.InRange(envelope.Topic.Length, 1, 200);
            }
        }
    }

    [Fact]
    public void Envelope_is_stable_and_repeats_share_their_dedupe_key()
    {
        var endpoint = Endpoint;
        var first = endpoint.ReadEnvelope(Sample.At(ReceivedAt));
        Assert.Equal(first, endpoint.ReadEnvelope(Sample.At(ReceivedAt)));
        Assert.Equal(first.DedupeKey, endpoint.ReadEnvelope(Sample.At(ReceivedAt.AddSeconds(20))).DedupeKey);
        Assert.NotNull(first.OrderKey);
    }

    [Fact]
    public void Sample_is_no_probe() => Assert.Null(Endpoint.Probe(Sample.At(ReceivedAt)));

    [Fact]
    public void Endpoint_serves_many_threads_alike()
    {
        var endpoint = Endpoint;
        var sample = Sample;
        var expected = endpoint.ReadEnvelope(sample.At(ReceivedAt));
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            Assert.True(endpoint.CheckSignature(sample.At(ReceivedAt)).IsValid);
            Assert.Equal(expected, endpoint.ReadEnvelope(sample.At(ReceivedAt)));
        });
    }

    private void Refused(SampleRequest request)
    {
        var check = Endpoint.CheckSignature(request.At(ReceivedAt));
        Assert.False(check.IsValid);
        Assert.Contains(check.RefusedBecause, new[] { "missing", "malformed", "wrong", "too_old" });
    }

    private IEnumerable<byte[]> Truncations()
    {
        for (int length = 1; length < SampleBody.Length; length += Math.Max(1, SampleBody.Length / 40))
        {
            yield return SampleBody[..length];
        }
    }

    private static string Flip(string text, int index) => string.Create(text.Length, (text, index), static (span, state) =>
    {
        state.text.CopyTo(span);
        span[state.index] = span[state.index] == 'b' ? 'c' : 'b';
    });
}
