using System.Text.Json;
using Crossdock.Alerts;
using Crossdock.Database;
using Crossdock.Model;
using Crossdock.Telemetry;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Privacy;

/// <summary>Works on requests about people's data: takes up what platforms ask, searches page by page, erases order by order, and erases again what comes back. Every step can be repeated.</summary>
internal sealed partial class PrivacyWorker(PrivacyStore store, PrivacyActions actions, PersonEraser eraser, PrivacyKeysBox box, ErasedList list, AlertStore alerts, NpgsqlDataSource database, TimeProvider clock, ILogger<PrivacyWorker> logger)
{
    private const int OrderPage = 5000, EventPage = 1000;

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2), LookAgain = TimeSpan.FromMinutes(10);

    /// <summary>One round; answers whether there was work.</summary>
    public async Task<bool> RoundAsync(CancellationToken cancellationToken)
    {
        foreach (var topic in await store.TopicsAsync(cancellationToken))
        {
            await TakeUpAsync(topic, cancellationToken);
        }

        if (await store.ClaimAsync(clock.GetUtcNow(), clock.GetUtcNow() + Lease, cancellationToken) is not { } work)
        {
            return false;
        }

        try
        {
            await WorkAsync(work, cancellationToken);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or OutOfMemoryException))
        {
            // One request's trouble must not stop the others; it is tried again where it stands.
            Log.Failed(logger, work.Id, failure.GetType().Name);
            await store.ReleaseAsync(work, clock.GetUtcNow() + TimeSpan.FromMinutes(1), $"It could not go on ({failure.GetType().Name}); it is tried again.", CancellationToken.None);
        }

        return true;
    }

    /// <summary>Erases again what came since for orders that are erased, and tells what platforms wait for; every few minutes.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        await list.ApplyAsync(cancellationToken);
        List<(Guid Order, Guid Request)> due = [];
        await using (var command = database.CreateCommand(EraseStore.ToSweep))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                due.Add((reader.GetGuid(2), reader.GetGuid(3)));
            }
        }

        foreach (var (order, request) in due)
        {
            await eraser.EraseAsync(request, order, [], isSweep: true, cancellationToken);
        }

        await list.WriteAsync(cancellationToken);
        await alerts.SetAsync(AlertKind.PrivacyRequest, "", [.. (await store.WaitingAsync(cancellationToken)).Select(Told)], "It is done, or was withdrawn.", cancellationToken);
    }

    private NewAlert Told((Guid Id, PrivacyKind Kind, int? Connection, string? Name, PrivacyState State, bool IsConfirmed, int UnderWay, DateTimeOffset? DueAt) request)
    {
        bool isExport = request.Kind == PrivacyKind.Export, isUrgent = request.DueAt is { } due && due - clock.GetUtcNow() < TimeSpan.FromDays(7);
        string by = request.DueAt is { } at ? $" by {Spoken.Of(at)}" : "";
        return new(AlertKind.PrivacyRequest, request.Connection is { } id ? new ConnectionId(id) : null, request.Id.ToString(), isUrgent ? AlertSeverity.Critical : isExport || request.UnderWay > 0 ? AlertSeverity.Warning : AlertSeverity.Notice,
            isExport ? $"A customer of {request.Name} asks for the data that are stored about them{by}."
                : $"{request.Name} asks to erase a person's data{by}. {(request.UnderWay > 0 ? $"{Spoken.Many(request.UnderWay, "order")} of theirs {(request.UnderWay == 1 ? "is" : "are")} not done yet; the data are erased when they are." : "It is being done by itself.")}",
            isExport ? "Open Privacy, fetch the file, and hand it to the shop's owner; then mark the request as done." : request.UnderWay > 0 ? "Finish or cancel these orders; Privacy lists them." : null);
    }

    private async Task TakeUpAsync(PrivacyTopic topic, CancellationToken cancellationToken)
    {
        string? mail = null, phone = null;
        List<string> orders = [];
        if (topic.Body is { } body)
        {
            try
            {
                using var document = JsonDocument.Parse(body);
                var root = document.RootElement;
                if (root.TryGetProperty("customer", out var customer) && customer.ValueKind == JsonValueKind.Object)
                {
                    mail = customer.TryGetProperty("email", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                    phone = customer.TryGetProperty("phone", out value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
                }

                foreach (string name in (string[])["orders_requested", "orders_to_redact"])
                {
                    if (root.TryGetProperty(name, out var ids) && ids.ValueKind == JsonValueKind.Array)
                    {
                        orders.AddRange(ids.EnumerateArray().Take(1000).Select(id => id.ToString()));
                    }
                }
            }
            catch (JsonException)
            {
                // Without a readable document the request stands all the same: a person sees it.
            }
        }

        await actions.TakeUpAsync(topic, new PrivacySubject { Mail = mail, Phone = phone, Orders = orders }, cancellationToken);
    }

    private async Task WorkAsync(PrivacyWork work, CancellationToken cancellationToken)
    {
        var keys = work.IsStore ? new PrivacyKeys([], [], []) : box.Open(work.Id, work.Protected);
        if (keys is null)
        {
            await store.ReleaseAsync(work, clock.GetUtcNow() + LookAgain, "Who it is about cannot be read with the keys in the data folder: bring them back from their backup, or withdraw it and ask again.", cancellationToken);
            return;
        }

        if (work.State == PrivacyState.Searching)
        {
            await SearchAsync(work, keys, cancellationToken);
        }
        else
        {
            await EraseAsync(work, keys, cancellationToken);
        }
    }

    private async Task SearchAsync(PrivacyWork work, PrivacyKeys keys, CancellationToken cancellationToken)
    {
        if (keys.Orders.Count > 0)
        {
            await store.NameOrdersAsync(work, keys.Orders, cancellationToken);
        }

        bool isByPerson = work.IsStore || keys.Mails.Count + keys.Phones.Count > 0;
        var words = PrivacyKeysBox.Words(keys);
        var (cursor, looksAtEvents) = (work.Cursor, work.LooksAtEvents);
        while (isByPerson)
        {
            int page = looksAtEvents ? EventPage : OrderPage;
            var (looked, last) = looksAtEvents ? await store.LookAtEventsAsync(work, words, cursor, page, cancellationToken) : await store.LookAtOrdersAsync(work, keys, cursor, page, cancellationToken);
            bool isEnd = looked < page;
            if (isEnd && looksAtEvents)
            {
                break;
            }

            (cursor, looksAtEvents) = isEnd ? (null, true) : (last, looksAtEvents);
            if (!await store.AdvanceAsync(work, cursor, looksAtEvents, looked, clock.GetUtcNow() + Lease, cancellationToken))
            {
                return;
            }
        }

        await store.FoundAsync(work, PrivacyState.Found, clock.GetUtcNow(), cancellationToken);
        await store.ReleaseAsync(work, clock.GetUtcNow(), null, cancellationToken);
    }

    private async Task EraseAsync(PrivacyWork work, PrivacyKeys keys, CancellationToken cancellationToken)
    {
        string[] words = [.. keys.Mails, .. keys.Phones];
        while (await store.WorkingAsync(work, await store.LeftAsync(work, cancellationToken), cancellationToken))
        {
            var orders = await store.OpenAsync(work, clock.GetUtcNow(), cancellationToken);
            foreach (var order in orders)
            {
                await eraser.EraseAsync(work.Id, order, words, isSweep: false, cancellationToken);
            }

            var events = orders.Count > 0 ? [] : await store.OpenEventsAsync(work, cancellationToken);
            if (events.Count > 0)
            {
                await eraser.EraseEventsAsync(work.Id, events, words, cancellationToken);
            }

            if (orders.Count == 0 && events.Count == 0)
            {
                int left = await store.LeftAsync(work, cancellationToken);
                if (left > 0)
                {
                    await store.WorkingAsync(work, left, cancellationToken);
                    await store.ReleaseAsync(work, clock.GetUtcNow() + LookAgain, null, cancellationToken);
                    return;
                }

                await list.WriteAsync(cancellationToken);
                if (await store.DoneAsync(work, clock.GetUtcNow(), cancellationToken))
                {
                    Log.Done(logger, work.Id);
                    await VacuumAsync(cancellationToken);
                }

                return;
            }

            await store.ReleaseAsync(work, clock.GetUtcNow(), null, cancellationToken);
            return;
        }
    }

    // The former rows would stay in the files until the server cleans up by itself, which it does for many changes, not for few.
    private async Task VacuumAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand("VACUUM (SKIP_LOCKED, INDEX_CLEANUP OFF, TRUNCATE OFF) orders, deliveries, events, attempts, timeline");
            command.CommandTimeout = 3600;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException refused)
        {
            Log.NotCleaned(logger, refused.SqlState);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(AlertEventIds.PrivacyDone, LogLevel.Information, "the privacy request {Request} is done")]
        public static partial void Done(ILogger logger, Guid request);

        [LoggerMessage(AlertEventIds.PrivacyWaits, LogLevel.Error, "the privacy request {Request} could not go on ({Kind}); it is tried again")]
        public static partial void Failed(ILogger logger, Guid request, string kind);

        [LoggerMessage(AlertEventIds.PrivacyNotCleaned, LogLevel.Warning, "the server did not clean up after an erasure ({State}); it does so later by itself")]
        public static partial void NotCleaned(ILogger logger, string state);
    }
}
