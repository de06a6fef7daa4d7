using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Capture;

/// <summary>How reading a body ended.</summary>
internal enum BodyFate
{
    /// <summary>It is all there.</summary>
    Whole,
    /// <summary>It is larger than allowed.</summary>
    TooLarge,
    /// <summary>Too many bodies are in memory already.</summary>
    NoRoom,
}

/// <summary>A body as it was read; of its memory, <paramref name="Taken"/> bytes are to be given back to the budget.</summary>
internal readonly record struct BodyRead(BodyFate Fate, byte[] Body, int Taken);

/// <summary>Reads a request's body once, bounded, as bytes.</summary>
internal static class BodyReader
{
    // What a caller says of its length costs nothing to say: more memory than this is taken only for what has arrived.
    private const int FirstPiece = 16 * 1024;

    /// <summary>The whole body. Throws <see cref="IOException"/> or <see cref="BadHttpRequestException"/> when the caller breaks off.</summary>
    public static async ValueTask<BodyRead> ReadAsync(HttpRequest request, int limit, BodyBudget budget, CancellationToken cancellationToken)
    {
        long? length = request.ContentLength;
        if (length > limit)
        {
            return new(BodyFate.TooLarge, [], 0);
        }

        int taken = (int)Math.Min(length ?? FirstPiece, FirstPiece);
        if (!budget.TryTake(taken))
        {
            return new(BodyFate.NoRoom, [], 0);
        }

        var body = GC.AllocateUninitializedArray<byte>(taken);
        int filled = 0;
        var fate = BodyFate.NoRoom;
        try
        {
            while (true)
            {
                var read = await request.BodyReader.ReadAsync(cancellationToken);
                long wanted = filled + read.Buffer.Length;
                if (wanted > limit)
                {
                    request.BodyReader.AdvanceTo(read.Buffer.End);
                    return new(fate = BodyFate.TooLarge, [], 0);
                }

                if (wanted > body.Length)
                {
                    int larger = (int)Math.Min(Math.Max(wanted, 2L * body.Length), length ?? limit);
                    if (!budget.TryTake(larger - taken))
                    {
                        request.BodyReader.AdvanceTo(read.Buffer.End);
                        return new(BodyFate.NoRoom, [], 0);
                    }

                    taken = larger;
                    Array.Resize(ref body, larger);
                }

                foreach (var part in read.Buffer)
                {
                    part.Span.CopyTo(body.AsSpan(filled));
                    filled += part.Length;
                }

                request.BodyReader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || filled == length)
                {
                    fate = BodyFate.Whole;
                    return new(fate, filled == body.Length ? body : body[..filled], taken);
                }
            }
        }
        finally
        {
            if (fate is not BodyFate.Whole)
            {
                budget.GiveBack(taken);
            }
        }
    }

    /// <summary>Reads a body that nobody wants, and keeps nothing of it: with the work of a signature, so that the time taken gives nothing away.</summary>
    public static async ValueTask<BodyFate> PassAsync(HttpRequest request, int limit, byte[] key, CancellationToken cancellationToken)
    {
        if (request.ContentLength > limit)
        {
            return BodyFate.TooLarge;
        }

        using var signature = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        long passed = 0;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken);
            passed += read.Buffer.Length;
            foreach (var part in read.Buffer)
            {
                signature.AppendData(part.Span);
            }

            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (passed > limit)
            {
                return BodyFate.TooLarge;
            }

            if (read.IsCompleted)
            {
                signature.GetHashAndReset();
                return BodyFate.Whole;
            }
        }
    }
}
