using System.Buffers;

namespace Crossdock.Connectors.Http;

/// <summary>An answer's body: its first 64 kB, in a borrowed buffer.</summary>
internal readonly struct AnswerBody(byte[] buffer, int length) : IDisposable
{
    private const int Longest = 64 * 1024;

    internal ReadOnlyMemory<byte> Memory => buffer.AsMemory(0, length);

    internal static async Task<AnswerBody> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return new AnswerBody([], 0);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(response.Content.Headers.ContentLength ?? 4096, Longest) + 1);
        int length = 0;
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            while (length < Longest)
            {
                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 4, Longest));
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                int read = await stream.ReadAsync(buffer.AsMemory(length, Math.Min(buffer.Length, Longest) - length), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            return new AnswerBody(buffer, length);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public void Dispose()
    {
        if (buffer is { Length: > 0 })
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
