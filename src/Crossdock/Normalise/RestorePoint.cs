using System.Globalization;
using Crossdock.Model;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Normalise;

/// <summary>When this installation was last restored from a backup. Orders placed before may have been handed over between the backup and then:
/// their destinations are asked before anything is sent. Without a restore it costs a comparison with null.</summary>
internal sealed class RestorePoint(NpgsqlDataSource database)
{
    private const string Read = "SELECT value FROM installation WHERE name = 'restored_at'";

    // Only after a restore, and only for orders placed before it: the copy of deliveries stays as narrow as it is.
    private const string Doubt = "UPDATE deliveries SET is_unclear = true, restored = true WHERE id = ANY($1)";

    // An order without a time of placing tells nothing; what comes a month after the restore was hardly placed before it.
    private static readonly TimeSpan Untimed = TimeSpan.FromDays(30);

    private DateTimeOffset? restoredAt;

    /// <summary>Reads it; a restore needs an empty database, so that it cannot change while a hub runs.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Read);
        restoredAt = await command.ExecuteScalarAsync(cancellationToken) is string text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind) : null;
    }

    /// <summary>Whether an order may have been handed over before the restore, by a hub that knew what this one has forgotten.</summary>
    /// <param name="placedAt">When it was placed; null when the shop does not say.</param>
    /// <param name="now">The time.</param>
    public bool IsInDoubt(DateTimeOffset? placedAt, DateTimeOffset now) => restoredAt is { } at && (placedAt is { } placed ? placed < at : now - at < Untimed);

    /// <summary>Marks deliveries that their destinations may have from before the restore.</summary>
    public static NpgsqlBatchCommand DoubtCommand(IEnumerable<DeliveryId> deliveries) => new(Doubt)
    {
        Parameters = { new() { Value = deliveries.Select(id => id.Value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } },
    };
}
