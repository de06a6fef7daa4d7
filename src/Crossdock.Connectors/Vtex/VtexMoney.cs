using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Vtex;

/// <summary>Amounts of one document: integers of the hundredth of the currency, whatever the currency.</summary>
internal sealed class VtexMoney(JsonFields fields, string currency, decimal unit, bool isWhole)
{
    internal string Currency => currency;

    internal Money Zero => Money.Zero(currency);

    internal Money? Read(JsonElement parent, string name, string place) => fields.Number(parent, name, place) is { } cents ? Of(cents) : null;

    internal Money Of(decimal cents)
    {
        decimal amount = cents * unit;
        // 12990.00 pesos: a currency without decimals is written without them.
        return new(isWhole && amount == decimal.Truncate(amount) ? decimal.Truncate(amount) : amount, currency);
    }

    /// <summary>A decimal in the main unit, as <c>rawValue</c> is.</summary>
    internal Money OfUnits(decimal amount) => new(amount, currency);

    internal Money Sum(IEnumerable<Money?> amounts) => amounts.Aggregate(Zero, (sum, amount) => amount is { } known ? sum + known : sum);
}
