namespace Crossdock.Connectors.Shopify;

/// <summary>A movement of money, as Shopify tells it.</summary>
internal sealed record ShopifyTransaction(string? Id, string? OrderId, string? Kind, string? Status, string? Gateway, decimal? Amount, string? Currency, DateTimeOffset? At);

internal ref partial struct ShopifyOrderReader
{
    /// <summary>The body of <c>order_transactions/create</c>; null when it is no object.</summary>
    internal ShopifyTransaction? ReadTransactionBody()
    {
        cursor.Start();
        if (!cursor.EnterObject())
        {
            return null;
        }
        var read = ReadTransaction();
        cursor.Finish();
        return read;
    }

    /// <summary>The id of a body of which nothing else is wanted.</summary>
    internal string? ReadIdBody()
    {
        cursor.Start();
        if (!cursor.EnterObject())
        {
            return null;
        }
        string? found = null;
        while (cursor.Next(out Field field))
        {
            if (field == Field.Id)
            {
                found = cursor.Text();
            }
            else
            {
                cursor.Skip();
            }
        }
        cursor.Finish();
        return found;
    }

    private ShopifyTransaction ReadTransaction()
    {
        (string? transactionId, string? order, string? kind, string? status, string? method, string? code) = (null, null, null, null, null, null);
        decimal? amount = null;
        (DateTimeOffset? created, DateTimeOffset? processed) = (null, null);
        while (cursor.Next(out Field field))
        {
            switch (field)
            {
                case Field.Id: transactionId = cursor.Text(); break;
                case Field.OrderId: order = cursor.Text(); break;
                case Field.Kind: kind = cursor.Word(); break;
                case Field.Status: status = cursor.Word(); break;
                case Field.Gateway: method = cursor.Word(); break;
                case Field.Amount: amount = cursor.Amount(); break;
                case Field.Currency: code = cursor.Word(); break;
                case Field.CreatedAt: created = cursor.Time(); break;
                case Field.ProcessedAt: processed = cursor.Time(); break;
                default: cursor.Skip(); break;
            }
        }
        return new ShopifyTransaction(transactionId, order, kind, status, method, amount, code, (processed ?? created)?.ToUniversalTime());
    }
}
