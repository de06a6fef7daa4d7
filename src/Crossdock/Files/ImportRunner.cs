using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Normalise;
using Crossdock.Reading;
using Microsoft.Extensions.Options;

namespace Crossdock.Files;

/// <summary>Imports a checked file under its lease: batch by batch through the same group commit as webhooks, noting each batch only after its events are committed.</summary>
internal sealed class ImportRunner(ImportStore store, ImportChecker checker, ReadCapture capture, IOptions<FilesOptions> options, IOptions<ReadingOptions> reading, TimeProvider clock)
{
    private const int Batch = 250;

    public async Task RunAsync(ImportWork work, Connection connection, FileStream file, CancellationToken cancellationToken)
    {
        var layout = ((IFileSource)connection.Connector).LayoutFor(connection.Settings);
        if (work.DoneRow == 0 && work.CheckedVersion != connection.Version)
        {
            // What was decided was decided by other settings: counts and preview are made anew, and all or nothing still holds.
            if (!await checker.CheckAsync(work, connection, file, cancellationToken))
            {
                return;
            }

            if (!work.GoodRowsOnly && FirstBad(file, work, layout) is { } bad)
            {
                await store.RefuseAsync(work, $"Nothing was imported: the connection's settings have changed, and by those of now there are errors, the first in row {bad.Row.ToString(System.Globalization.CultureInfo.InvariantCulture)}: {bad.Because}", cancellationToken);
                return;
            }
        }

        using var rows = new FileReading(file, work.Kind, work.FileName, layout, options.Value.MaxRows);
        // What is below the noted row is read once more, because a repeated order is only recognised by those before it.
        foreach (var batch in rows.Entries().Where(entry => entry.Rows[^1].Number > work.DoneRow).Chunk(Batch))
        {
            long started = clock.GetTimestamp();
            await RoomAsync(cancellationToken);
            var (imported, skipped, leftOut) = await StoreAsync(work, connection, batch, cancellationToken);
            if (!await store.AdvanceAsync(work, batch[^1].Rows[^1].Number, imported, skipped, leftOut, (long)Math.Ceiling(clock.GetElapsedTime(started).TotalMilliseconds), cancellationToken))
            {
                return;
            }
        }

        await store.FinishAsync(work, clock.GetUtcNow(), cancellationToken);
    }

    private async Task<(int Imported, int Skipped, int LeftOut)> StoreAsync(ImportWork work, Connection connection, FileEntry[] batch, CancellationToken cancellationToken)
    {
        var good = batch.Where(entry => !entry.IsBad && entry.RepeatsRow is null).ToList();
        var standings = await store.KnownAsync(connection.Id, [.. good.Select(entry => entry.OrderKey)], [.. good.Select(entry => entry.Understood.Envelope.DedupeKey)], work.Id, work.StartedAt, cancellationToken);
        var events = new List<ReadEvent>(good.Count);
        int mine = 0;
        for (int i = 0; i < good.Count; i++)
        {
            mine += standings[i].Verdict is Verdict.Mine ? 1 : 0;
            if (standings[i].Verdict is Verdict.New or Verdict.Update)
            {
                var envelope = good[i].Understood.Envelope;
                string key = standings[i].IsKnownContent ? ImportStore.Again(envelope.DedupeKey, work.Id) : envelope.DedupeKey;
                events.Add(new ReadEvent(envelope.Topic, key, envelope.OrderKey, envelope.OccurredAt, good[i].Understood.Payload, EventSource.File(work.FileName, good[i].Rows[0].Number)));
            }
        }

        await capture.StoreAsync(connection, events, skipsKnown: false, cancellationToken);
        int bad = batch.Count(entry => entry.IsBad);
        return (events.Count + mine, batch.Length - bad - events.Count - mine, bad);
    }

    /// <summary>Webhooks go first: an import waits while more events wait than are worked at once.</summary>
    private async Task RoomAsync(CancellationToken cancellationToken)
    {
        while (await store.BacklogAsync(reading.Value.BacklogEvents, cancellationToken) >= reading.Value.BacklogEvents)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }
    }

    private CellProblem? FirstBad(FileStream file, ImportWork work, IFileLayout layout)
    {
        using var rows = new FileReading(file, work.Kind, work.FileName, layout, options.Value.MaxRows);
        return rows.Entries().FirstOrDefault(entry => entry.IsBad)?.Problems[0];
    }
}
