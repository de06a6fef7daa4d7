using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crossdock.Model.Connectors;

namespace Crossdock.Reconciliation;

/// <summary>Eight bytes that stand for one order in a ledger. A day's hash is the exclusive or of all of them: the order in which they were read does not matter, and one can be taken out again.</summary>
internal static class LedgerHash
{
    /// <summary>Of an id: recognises an order that is on two pages.</summary>
    public static long OfId(string externalId) => Of(externalId);

    /// <summary>Of a version: id, second of the last change, total. Where the platform tells no time of change, its word for the state takes that place.</summary>
    public static long Of(string externalId, DateTimeOffset? updatedAt, decimal? total, string? currency, string? status) => Of(string.Create(CultureInfo.InvariantCulture,
        $"{externalId}|{updatedAt?.ToUnixTimeSeconds()}|{total:0.##########}|{currency}|{(updatedAt is null ? status : null)}"));

    public static long Of(ListedOrder order) => Of(order.ExternalId, order.UpdatedAt, order.Total?.Amount, order.Total?.Currency, order.PlatformStatus);

    /// <summary>Of the copy that is here, told by what the list tells.</summary>
    public static long Of(HubOrder here, ListedOrder listed) => Of(here.ExternalId, listed.UpdatedAt is null ? null : here.UpdatedAt,
        listed.Total is null ? null : here.Total, listed.Total is null ? null : here.Currency, here.PlatformStatus);

    private static long Of(string text)
    {
        Span<byte> hash = stackalloc byte[32];
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadInt64BigEndian(hash);
    }
}
