using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crossdock.Accounts;

/// <summary>Time-based one-time passwords as authenticator apps make them. Source: RFC 6238 with SHA-1, six digits, thirty seconds.</summary>
internal static class Totp
{
    private const int StepSeconds = 30;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>The half minute whose code this is: the present one, or the one before or after, since clocks differ. Null when it is of none of them.</summary>
    /// <param name="key">Base 32.</param>
    /// <param name="code">Six digits.</param>
    /// <param name="now">The hub's time.</param>
    public static long? StepOf(string key, string code, DateTimeOffset now)
    {
        byte[] secret = Decode(key);
        long present = now.ToUnixTimeSeconds() / StepSeconds;
        long? found = null;
        for (long step = present - 1; step <= present + 1; step++)
        {
            if (CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Code(secret, step)), Encoding.ASCII.GetBytes(code)))
            {
                found = step;
            }
        }

        return found;
    }

    /// <summary>The code of a moment.</summary>
    public static string CodeAt(string key, DateTimeOffset at) => Code(Decode(key), at.ToUnixTimeSeconds() / StepSeconds);

    private static string Code(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // RFC 6238's own choice, and what the apps know.
        byte[] hash = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        int value = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 0xF)) & 0x7FFFFFFF;
        return (value % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    private static byte[] Decode(string key)
    {
        var bytes = new List<byte>();
        int buffer = 0, bits = 0;
        foreach (char letter in key.TrimEnd('=').ToUpperInvariant())
        {
            buffer = (buffer << 5) | Math.Max(0, Alphabet.IndexOf(letter, StringComparison.Ordinal));
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
                buffer &= (1 << bits) - 1;
            }
        }

        return [.. bytes];
    }
}
