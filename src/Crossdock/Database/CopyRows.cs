using System.Buffers.Binary;
using System.Text;
using Npgsql;

namespace Crossdock.Database;

/// <summary>Rows of PostgreSQL's binary COPY format, built by hand in one buffer that is used again: the driver's writer costs a call with a type look-up per column.
/// Source: PostgreSQL 15, "COPY", section "Binary Format". Used by one writer at a time.</summary>
internal sealed class CopyRows
{
    private const int KeptBytes = 4 * 1024 * 1024;                 // one batch of giants must not keep its memory for ever
    private static readonly long Epoch = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks;

    private static ReadOnlySpan<byte> Signature => [(byte)'P', (byte)'G', (byte)'C', (byte)'O', (byte)'P', (byte)'Y', (byte)'\n', 0xFF, (byte)'\r', (byte)'\n', 0];

    private byte[] buffer = new byte[64 * 1024];
    private int length;

    /// <summary>Starts a batch: signature, no flags, no extension.</summary>
    public void Begin()
    {
        if (buffer.Length > KeptBytes)
        {
            buffer = new byte[64 * 1024];
        }

        length = 0;
        Signature.CopyTo(Room(Signature.Length + 8));
        buffer.AsSpan(Signature.Length, 8).Clear();
        length = Signature.Length + 8;
    }

    /// <summary>Starts a row.</summary>
    public void Row(short columns)
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(2), columns);
        length += 2;
    }

    /// <summary>Ends the batch; valid until the next one begins.</summary>
    public ReadOnlyMemory<byte> End()
    {
        BinaryPrimitives.WriteInt16BigEndian(Room(2), -1);
        length += 2;
        return buffer.AsMemory(0, length);
    }

    /// <summary>Ends the batch and sends it, in the transaction of the connection.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync(sql, cancellationToken);
        await copy.WriteAsync(End(), cancellationToken);
    }

    public void Uuid(Guid value) => value.TryWriteBytes(Field(16), bigEndian: true, out _);

    public void Int(int value) => BinaryPrimitives.WriteInt32BigEndian(Field(4), value);

    public void Bool(bool value) => Field(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>text, and json, whose form is the same.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Null();
            return;
        }

        var room = Room(4 + Encoding.UTF8.GetMaxByteCount(text.Length));
        int written = Encoding.UTF8.GetBytes(text, room[4..]);
        BinaryPrimitives.WriteInt32BigEndian(room, written);
        length += 4 + written;
    }

    /// <summary>bytea, and text or json that is UTF-8 already.</summary>
    public void Bytes(ReadOnlySpan<byte> value) => value.CopyTo(Field(value.Length));

    /// <summary>timestamptz: microseconds since 2000, UTC.</summary>
    public void Time(DateTimeOffset? time)
    {
        if (time is { } known)
        {
            BinaryPrimitives.WriteInt64BigEndian(Field(8), (known.UtcTicks - Epoch) / TimeSpan.TicksPerMicrosecond);
        }
        else
        {
            Null();
        }
    }

    /// <summary>numeric, with the digits after the point that the value has: groups of four decimal digits, the point between two of them.</summary>
    public void Numeric(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(value, parts);
        int scale = (parts[3] >> 16) & 0xFF;
        int fraction = (scale + 3) / 4;
        var magnitude = ((UInt128)(uint)parts[2] << 64) | ((ulong)(uint)parts[1] << 32) | (uint)parts[0];
        for (int digit = scale; digit < fraction * 4; digit++)
        {
            magnitude *= 10;
        }

        Span<short> groups = stackalloc short[10];      // 29 digits and 3 to fill the last group up
        int count = 0;
        for (; magnitude > 0; magnitude /= 10_000)
        {
            groups[count++] = (short)(magnitude % 10_000);
        }

        var field = Field(8 + (count * 2));
        BinaryPrimitives.WriteInt16BigEndian(field, (short)count);
        BinaryPrimitives.WriteInt16BigEndian(field[2..], (short)(count == 0 ? 0 : count - fraction - 1));
        BinaryPrimitives.WriteInt16BigEndian(field[4..], value < 0 ? (short)0x4000 : (short)0);
        BinaryPrimitives.WriteInt16BigEndian(field[6..], (short)scale);
        for (int group = 0; group < count; group++)
        {
            BinaryPrimitives.WriteInt16BigEndian(field[(8 + (group * 2))..], groups[count - 1 - group]);
        }
    }

    public void Null()
    {
        BinaryPrimitives.WriteInt32BigEndian(Room(4), -1);
        length += 4;
    }

    private Span<byte> Field(int size)
    {
        var room = Room(4 + size);
        BinaryPrimitives.WriteInt32BigEndian(room, size);
        length += 4 + size;
        return room.Slice(4, size);
    }

    private Span<byte> Room(int size)
    {
        if (buffer.Length - length < size)
        {
            Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + size));
        }

        return buffer.AsSpan(length);
    }
}
