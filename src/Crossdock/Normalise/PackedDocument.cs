using System.Buffers;
using Crossdock.Model.Orders;

namespace Crossdock.Normalise;

/// <summary>The document of an order to which the rules added its packages and nothing else: what was written for its content hash, with the packages put in.
/// Writing an order takes a fifteenth of what the hub does for it, and this spares the second time.</summary>
internal static class PackedDocument
{
    // A quotation mark inside a text is written with a backslash before it, so that no text can hold this.
    private static ReadOnlySpan<byte> NoPackages => ",\"packages\":[]"u8;

    /// <summary>The same bytes as <see cref="OrderJson.Write(Order)"/> makes of the packed order.</summary>
    /// <param name="unpacked">The order without packages, as it was written.</param>
    /// <param name="packed">The same order with its packages.</param>
    internal static byte[] Write(byte[] unpacked, Order packed)
    {
        int place = unpacked.AsSpan().IndexOf(NoPackages);
        if (place < 0 || unpacked.AsSpan(place + NoPackages.Length).IndexOf(NoPackages) >= 0)
        {
            return OrderJson.Write(packed);
        }

        ArrayBufferWriter<byte> packages = new(512);
        OrderJson.Write(packed.Packages, packages);
        int before = place + NoPackages.Length - 2;
        byte[] document = new byte[unpacked.Length - 2 + packages.WrittenCount];
        unpacked.AsSpan(0, before).CopyTo(document);
        packages.WrittenSpan.CopyTo(document.AsSpan(before));
        unpacked.AsSpan(before + 2).CopyTo(document.AsSpan(before + packages.WrittenCount));
        return document;
    }
}
