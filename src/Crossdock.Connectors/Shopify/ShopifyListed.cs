using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Shopify;

/// <summary>What a list says of an order, from REST's document or from GraphQL under REST's names.</summary>
internal static class ShopifyListed
{
    /// <summary>Null for a row that is no order.</summary>
    internal static ListedOrder? Of(JsonElement row)
    {
        if (ShopifyJson.Id(ShopifyJson.Text(row, "id")) is not { } id)
        {
            return null;
        }

        string? currency = ShopifyJson.Text(row, "currency");
        string? amount = ShopifyJson.Text(row, "total_price") ?? (ShopifyJson.Get(row, "total_price_set", "shop_money") is { } money ? ShopifyJson.Text(money, "amount") : null);
        string? paid = ShopifyJson.Text(row, "financial_status")?.ToLowerInvariant();
        string? sent = ShopifyJson.Text(row, "fulfillment_status") is { } word ? ShopifyTranslation.FulfilmentWord(word.ToUpperInvariant()) : null;
        return new ListedOrder
        {
            ExternalId = id,
            PlacedAt = ShopifyJson.Time(row, "processed_at") ?? ShopifyJson.Time(row, "created_at"),
            UpdatedAt = ShopifyJson.Time(row, "updated_at"),
            Total = currency is { Length: 3 } && currency.All(char.IsAsciiLetterUpper) && decimal.TryParse(amount, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal total) ? new Money(total, currency) : null,
            PlatformStatus = paid is { Length: 0 } ? null : sent is null ? paid : $"{paid}/{sent}",
        };
    }

    // A change within the same second has the same time: the bytes tell.
    internal static ListedOrder With(ListedOrder order, string topic, byte[] payload) => order with
    {
        Document = new ReadDocument(topic,
            $"{topic}:{order.ExternalId}:{order.UpdatedAt?.UtcDateTime.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)}:{Convert.ToHexStringLower(SHA256.HashData(payload).AsSpan(0, 16))}", payload),
    };
}
