namespace Crossdock.Access;

/// <summary>Lets no more calls to one connection's platform be under way at once than its budget allows; the urgent ones first.</summary>
internal sealed class BudgetedHandler(HttpMessageInvoker shared, RequestBudget budget, RequestPriority priority) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var stay = await budget.EnterAsync(priority, cancellationToken);
        return await shared.SendAsync(request, cancellationToken);
    }
}
