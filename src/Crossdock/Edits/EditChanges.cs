using Crossdock.Model.Orders;

namespace Crossdock.Edits;

/// <summary>What a person's change alters that deliveries do not look at by themselves: who pays and who is invoiced.</summary>
internal static class EditChanges
{
    /// <summary>One phrase per matter, for destinations that have the order.</summary>
    public static IReadOnlyList<string> BesideDelivery(Order before, Order after)
    {
        List<string> found = [];
        if (before.BillTo != after.BillTo)
        {
            found.Add("the invoice address");
        }

        if (before.Customer != after.Customer)
        {
            found.Add("the customer");
        }

        if (before.Attributes.Count != after.Attributes.Count || before.Attributes.Any(pair => after.Attributes.GetValueOrDefault(pair.Key) != pair.Value))
        {
            found.Add("the attributes");
        }

        if ((before.Shipping.Count == 0 ? null : before.Shipping[0].Code) != (after.Shipping.Count == 0 ? null : after.Shipping[0].Code))
        {
            found.Add("the code of the shipping method");
        }

        return found;
    }
}
