using System.Globalization;
using Crossdock.Drift;
using Crossdock.Model.Connectors;
using Xunit;

namespace Crossdock.Testing.Conformance;

/// <summary>What every platform owes to the watch over documents: the places it declares exist, and the shop's own variety raises no false alarm.
/// CROSSDOCK_SHAPE_ORDERS sets how many orders are read; a few hundred otherwise.</summary>
public abstract class ShapeConformance : ShopConformance
{
    private static int Orders => int.TryParse(Environment.GetEnvironmentVariable("CROSSDOCK_SHAPE_ORDERS"), CultureInfo.InvariantCulture, out int told) ? told : 400;

    [Fact]
    public async Task The_shops_own_variety_is_no_alarm()
    {
        var trial = new ShapeTrial(Connector, Valid, new DriftOptions { LearnDocuments = Orders >= 1000 ? 300 : 100, LearnHours = 0 });
        var from = Clock.GetUtcNow();
        var random = new Random(4711);
        for (int order = 0; order < Orders; order++)
        {
            string id = await Shop.PlaceAsync();
            Clock.Advance(TimeSpan.FromSeconds(random.Next(1, 120)));
            if (random.Next(3) == 0)
            {
                await Shop.ChangeAsync(id);
            }
        }

        var traits = ((IOrderSource)Connector).ReadingOf(Valid)!;
        Clock.Advance(TimeSpan.FromMinutes(1) + traits.ListLag);
        using var reader = ((IOrderSource)Connector).OpenReader(NewAccess().Access);
        int read = 0;
        for (string? cursor = null; ;)
        {
            var page = Assert.IsType<OrderPage>(await reader.ListAsync(new ReadRequest(traits.History, from, Clock.GetUtcNow(), cursor), CancellationToken.None));
            foreach (var listed in page.Orders)
            {
                if ((listed.Document ?? (await reader.FetchAsync(listed.ExternalId, CancellationToken.None) as Fetched)?.Order.Document) is { } document)
                {
                    trial.Look(document.Payload.ToArray(), document.Topic, orderKey: listed.ExternalId);
                    read++;
                }
            }

            cursor = page.Next;
            if (cursor is null)
            {
                break;
            }
        }

        trial.Store();
        Assert.True(read >= Orders, $"{read} of {Orders} orders were read");
        Assert.Empty(trial.Findings.Select(finding => finding.Sentence).Distinct());
        Assert.Empty(trial.Reports.Select(report => report.Sentence));
        Assert.Contains(trial.Watched, path => path.Meaning is CriticalMeaning.Amount);
        Assert.Contains(trial.Watched, path => path.Meaning is CriticalMeaning.Lines);
        Assert.Contains(trial.Watched, path => path.Meaning is CriticalMeaning.Address);
        Assert.Contains(trial.Watched, path => path.Meaning is CriticalMeaning.Currency);
    }
}
