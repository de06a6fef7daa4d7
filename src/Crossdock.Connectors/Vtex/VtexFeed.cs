using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>One account's feed: a queue of announcements that VTEX deletes when nothing happened for the whole retention period.</summary>
internal sealed class VtexFeed(VtexClient client) : IOrderFeed
{
    private const string Path = "/api/orders/feed";
    private const string Resource = "Feed v3 and Hook Admin";
    private const int MostAtOnce = 10;
    private const int HiddenSeconds = 240;
    // The longest that VTEX allows, so that a quiet shop keeps its feed.
    private const int KeptSeconds = 1_209_600;

    public async Task<FeedOutcome> ReadAsync(CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(Path + "?maxlot=10", cancellationToken);
        if (answer is { Status: 404, Problem: null })
        {
            return await ConfigureAsync(cancellationToken);
        }

        if (client.TroubleOf(answer, Resource) is { } trouble)
        {
            return Problem(trouble);
        }

        using var document = answer.Json();
        if (document?.RootElement.ValueKind != JsonValueKind.Array)
        {
            return new FeedLater("VTEX answered with something that is no page of its feed.");
        }

        try
        {
            List<FeedMessage> messages = [];
            foreach (var item in document.RootElement.EnumerateArray())
            {
                if (JsonFields.Text(item, "handle") is { } handle)
                {
                    byte[] payload = WithoutHandle(item);
                    messages.Add(new(handle, VtexNotice.Read(item).Envelope(payload), payload));
                }
            }

            return new FeedPage(messages, MayHaveMore: messages.Count > 0);
        }
        catch (InvalidOperationException)
        {
            return new FeedLater("VTEX answered with text that is no Unicode.");
        }
    }

    public async Task<string?> CommitAsync(IReadOnlyList<string> handles, CancellationToken cancellationToken)
    {
        foreach (string[] some in handles.Chunk(MostAtOnce))
        {
            var answer = await client.SendAsync(HttpMethod.Post, Path, new JsonObject { ["handles"] = new JsonArray([.. some.Select(handle => (JsonNode)handle)]) }, cancellationToken);
            if (client.TroubleOf(answer, Resource) is { } trouble)
            {
                return trouble.Because;
            }
        }

        return null;
    }

    public void Dispose()
    {
    }

    internal static JsonObject Filter() => new() { ["type"] = "FromWorkflow", ["status"] = new JsonArray([.. VtexStates.Announced.Select(state => (JsonNode)state)]) };

    private async Task<FeedOutcome> ConfigureAsync(CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Post, Path + "/config", new JsonObject
        {
            ["filter"] = Filter(),
            ["queue"] = new JsonObject { ["visibilityTimeoutInSeconds"] = HiddenSeconds, ["messageRetentionPeriodInSeconds"] = KeptSeconds },
        }, cancellationToken);
        return client.TroubleOf(answer, Resource) is { } trouble
            ? Problem(trouble)
            : new FeedPage([], MayHaveMore: false, "VTEX had no feed for this appKey (it deletes one after two weeks without an event); it was set up, and tells what happens from now on.");
    }

    private static FeedOutcome Problem(VtexTrouble trouble) => trouble.NeedsPerson ? new FeedRefused(trouble.Because) : new FeedLater(trouble.Because, trouble.After);

    // The handle is a token of one to two kilobytes, good for the commit only.
    private static byte[] WithoutHandle(JsonElement item)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var field in item.EnumerateObject())
            {
                if (!field.NameEquals("handle"))
                {
                    field.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
