using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Capture;

/// <summary>Reads a request's body once, bounded, as bytes.</summary>
internal static class BodyReader
{
    /// <summary>The whole body; null when it is larger than allowed. Throws <see cref="IOException"/> or <see cref="BadHttpRequestException"/> when the caller breaks off.</summary>
    public static async ValueTask<byte[]?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        if (request.ContentLength is > 0 and var length)
        {
            if (length > limit)
            {
                return null;
            }

            var body = GC.AllocateUninitializedArray<byte>((int)length);
            int filled = 0;
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                foreach (var part in read.Buffer)
                {
                    part.Span.CopyTo(body.AsSpan(filled));
                    filled += part.Length;
                }

                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || filled == body.Length)
                {
                    return filled == body.Length ? body : body[..filled];
                }
            }
        }

        return await ReadChunkedAsync(request, limit, cancellationToken);
    }

    private static async ValueTask<byte[]?> ReadChunkedAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var collected = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            if (collected.WrittenCount + read.Buffer.Length > limit)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return null;
            }

            foreach (var part in read.Buffer)
            {
                collected.Write(part.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return collected.WrittenSpan.ToArray();
            }
        }
    }
}
