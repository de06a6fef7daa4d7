using Crossdock.Database;
using Npgsql;
using NpgsqlTypes;

namespace Crossdock.Accounts;

/// <summary>How a person wants the console written.</summary>
/// <param name="Locale">Language and the form of numbers and dates, a name of <see cref="System.Globalization.CultureInfo"/> such as <c>es-CL</c>; null follows the browser.</param>
/// <param name="TimeZone">A name of the tz database; null follows the browser.</param>
public sealed record Preferences(string? Locale, string? TimeZone);

/// <summary>Keeps what people chose for themselves.</summary>
public sealed class PreferenceStore(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Update = "UPDATE users SET locale = $2, time_zone = $3 WHERE id = $1 AND (locale, time_zone) IS DISTINCT FROM ($2, $3)";

    /// <summary>Keeps them with the account. The caller has seen that they are known names.</summary>
    public async Task KeepAsync(Guid user, Preferences wanted, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Update, connection) { Parameters = { new() { Value = user }, Text(wanted.Locale), Text(wanted.TimeZone) } };
        if (await command.ExecuteNonQueryAsync(cancellationToken) == 1)
        {
            await AuditLog.KeepAsync(connection, [new AuditEntry("preferences_changed", "user", user.ToString(), null, null, new { wanted.Locale, wanted.TimeZone })], clock.GetUtcNow(), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static NpgsqlParameter Text(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };
}
