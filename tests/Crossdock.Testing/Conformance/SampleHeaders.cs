using Crossdock.Model.Connectors;

namespace Crossdock.Testing.Conformance;

/// <summary>Headers of a sample request: by name without regard to case, null when sent more than once.</summary>
public sealed class SampleHeaders : IWebhookHeaders
{
    private readonly Dictionary<string, List<string>> values = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Headers by name and value; a name may come more than once.</summary>
    public SampleHeaders(params IEnumerable<(string Name, string Value)> headers)
    {
        foreach (var (name, value) in headers)
        {
            (values.TryGetValue(name, out var list) ? list : values[name] = []).Add(value);
        }
    }

    /// <inheritdoc />
    public string? this[string name] => values.TryGetValue(name, out var list) && list.Count == 1 ? list[0] : null;

    /// <summary>All names.</summary>
    public IReadOnlyCollection<string> Names => values.Keys;

    /// <summary>The same headers with one replaced.</summary>
    public SampleHeaders With(string name, string value) => new(Pairs().Where(pair => !pair.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Append((name, value)));

    /// <summary>The same headers without one.</summary>
    public SampleHeaders Without(string name) => new(Pairs().Where(pair => !pair.Name.Equals(name, StringComparison.OrdinalIgnoreCase)));

    /// <summary>The same headers with one sent twice.</summary>
    public SampleHeaders Doubled(string name) => new(Pairs().Concat(Pairs().Where(pair => pair.Name.Equals(name, StringComparison.OrdinalIgnoreCase))));

    private IEnumerable<(string Name, string Value)> Pairs() => values.SelectMany(entry => entry.Value.Select(value => (entry.Key, value)));
}

/// <summary>A signed request as a platform would send it.</summary>
/// <param name="Body">The raw bytes.</param>
/// <param name="Headers">All its headers, the signature's as well.</param>
/// <param name="Query">The query with its question mark; empty for none.</param>
public sealed record SampleRequest(byte[] Body, SampleHeaders Headers, string Query = "")
{
    /// <summary>As the connector gets it.</summary>
    public WebhookRequest At(DateTimeOffset receivedAt) => new(Body, Headers, Query, receivedAt);
}
