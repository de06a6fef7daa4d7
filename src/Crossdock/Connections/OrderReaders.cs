using Crossdock.Access;
using Crossdock.Model.Connectors;

namespace Crossdock.Connections;

/// <summary>One connection's orders, prepared for reading at each urgency: the connector is the same, the place in the queue at the platform's limit is not.</summary>
public sealed class OrderReaders : IDisposable
{
    private readonly Lazy<IOrderReader>[] readers;

    internal OrderReaders(ReadingTraits traits, Func<RequestPriority, IOrderReader> open)
    {
        Traits = traits;
        readers = [.. Enum.GetValues<RequestPriority>().Select(priority => new Lazy<IOrderReader>(() => open(priority)))];
        // A connector that fails on its settings says so when the connection is prepared, not in the middle of the night.
        _ = For(RequestPriority.Poll);
    }

    /// <summary>How this connection is read.</summary>
    public ReadingTraits Traits { get; }

    /// <summary>The reader for work of this urgency.</summary>
    public IOrderReader For(RequestPriority priority) => readers[(int)priority].Value;

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var reader in readers.Where(reader => reader.IsValueCreated))
        {
            reader.Value.Dispose();
        }
    }
}
