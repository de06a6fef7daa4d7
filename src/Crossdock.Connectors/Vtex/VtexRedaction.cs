using Crossdock.Connectors.Payloads;

namespace Crossdock.Connectors.Vtex;

/// <summary>Takes card data and codes that are money out of an order before it is stored. Every other byte stays as VTEX sent it.</summary>
internal static class VtexRedaction
{
    // lastDigits stay out as well: with the holder's name they are card data to some rules, and nobody here needs them.
    private static readonly string[] Names = ["cardHolder", "cardNumber", "firstDigits", "lastDigits", "cvv2", "expireMonth", "expireYear", "redemptionCode", "giftCardData", "accountId", "parentAccountId"];

    /// <summary>The document with these values as null; null when it is no JSON object.</summary>
    internal static ReadOnlyMemory<byte>? Redact(ReadOnlyMemory<byte> document) => Redaction.Redact(document, Names);
}
