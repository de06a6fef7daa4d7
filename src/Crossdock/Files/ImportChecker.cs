using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Microsoft.Extensions.Options;

namespace Crossdock.Files;

/// <summary>Checks a file from its first row to its last without importing anything.</summary>
internal sealed class ImportChecker(ImportStore store, IOptions<FilesOptions> options)
{
    private const int Batch = 500;

    /// <returns>False when another node has taken over, or a person gave it up.</returns>
    public async Task<bool> CheckAsync(ImportWork work, Connection connection, FileStream file, CancellationToken cancellationToken)
    {
        var layout = ((IFileSource)connection.Connector).LayoutFor(connection.Settings);
        using var reading = new FileReading(file, work.Kind, work.FileName, layout, options.Value.MaxRows);
        var tally = new Tally();
        foreach (var batch in reading.Entries().Chunk(Batch))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await TakeAsync(work, connection, batch, tally, cancellationToken);
            if (!work.IsImporting && !await store.CheckingAsync(work, batch[^1].Rows[^1].Number, cancellationToken))
            {
                return false;
            }
        }

        if (tally.Orders == 0)
        {
            throw new UnreadableFileException("The file has headings and no rows below them.");
        }

        var preview = new ImportPreview([.. reading.Headings.All.Select(heading => new PreviewColumn(heading.Text, heading.Column, heading.IsIgnored))], tally.FirstErrors, tally.Sample, tally.Updated);
        var counts = new CheckCounts(reading.Rows, tally.Orders, tally.Good, tally.Bad, tally.BadRows, tally.New, tally.Updates, tally.Duplicates, tally.Errors);
        return await store.CheckedAsync(work, counts, preview, connection.Version, cancellationToken);
    }

    private async Task TakeAsync(ImportWork work, Connection connection, FileEntry[] batch, Tally tally, CancellationToken cancellationToken)
    {
        var good = batch.Where(entry => !entry.IsBad).ToList();
        var standings = await store.KnownAsync(connection.Id, [.. good.Select(entry => entry.OrderKey)], [.. good.Select(entry => entry.Understood.Envelope.DedupeKey)], work.Id, null, cancellationToken);
        foreach (var entry in batch.Where(entry => entry.IsBad))
        {
            tally.Take(entry);
        }

        for (int i = 0; i < good.Count; i++)
        {
            tally.Take(good[i], good[i].RepeatsRow is not null ? Verdict.Duplicate : standings[i].Verdict);
        }
    }

    private sealed class Tally
    {
        public int Orders { get; private set; }
        public int Good { get; private set; }
        public int Bad { get; private set; }
        public int BadRows { get; private set; }
        public int New { get; private set; }
        public int Updates { get; private set; }
        public int Duplicates { get; private set; }
        public int Errors { get; private set; }
        public List<PreviewError> FirstErrors { get; } = [];
        public List<PreviewOrder> Sample { get; } = [];
        public List<string> Updated { get; } = [];

        public void Take(FileEntry entry)
        {
            Orders++;
            Bad++;
            BadRows += entry.Rows.Count;
            Errors += entry.Problems.Count;
            FirstErrors.AddRange(entry.Problems.Take(ImportPreview.MostErrors - FirstErrors.Count)
                .Select(problem => new PreviewError(problem.Row, problem.Index is { } index ? Letter(index) + problem.Row.ToString(System.Globalization.CultureInfo.InvariantCulture) : null, problem.Column, problem.Value, problem.Because)));
        }

        public void Take(FileEntry entry, Verdict verdict)
        {
            Orders++;
            Good++;
            New += verdict is Verdict.New ? 1 : 0;
            Updates += verdict is Verdict.Update ? 1 : 0;
            Duplicates += verdict is Verdict.Duplicate or Verdict.Mine ? 1 : 0;
            if (verdict is Verdict.Update && Updated.Count < ImportPreview.MostUpdated)
            {
                Updated.Add(entry.OrderKey);
            }

            if (Sample.Count < ImportPreview.MostOrders && entry.Understood.Order is { } order)
            {
                var to = order.ShipTo;
                Sample.Add(new PreviewOrder(entry.Rows[0].Number, order.Number, to?.Name, string.Join(' ', ((string?[])[to?.Line1, to?.HouseNumber, to?.Line2]).Where(part => part is not null)), to?.District ?? to?.City, to?.Region ?? to?.RegionName,
                    order.Lines.Count, order.Totals.Total.Amount, order.Currency, order.Totals.Outstanding?.Amount, verdict switch { Verdict.New => "new", Verdict.Update => "update", Verdict.Duplicate or Verdict.Mine => "duplicate" }));
            }
        }

        private static string Letter(int index)
        {
            string letters = "";
            for (int rest = index; rest >= 0; rest = (rest / 26) - 1)
            {
                letters = (char)('A' + (rest % 26)) + letters;
            }

            return letters;
        }
    }
}
