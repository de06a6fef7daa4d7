using System.Net;
using System.Net.Http.Headers;

namespace Crossdock.Connectors.Http;

/// <summary>A request's body that knows whether any of it was handed to the network.</summary>
internal sealed class OrderContent : HttpContent
{
    private readonly ReadOnlyMemory<byte> body;

    internal OrderContent(ReadOnlyMemory<byte> body, string contentType)
    {
        this.body = body;
        Headers.TryAddWithoutValidation("Content-Type", contentType);
    }

    /// <summary>False as long as no connection was there to write to.</summary>
    internal bool HasStarted { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        HasStarted = true;
        return stream.WriteAsync(body, cancellationToken).AsTask();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
