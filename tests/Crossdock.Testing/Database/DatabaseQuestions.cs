using System.Globalization;
using Npgsql;
using Xunit;

namespace Crossdock.Testing.Database;

/// <summary>What tests ask a database directly, past the hub.</summary>
public static class DatabaseQuestions
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The first column of the first row; null where there is no row.</summary>
    public static async Task<object?> AskAsync(this NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Waits until a query answers what is wanted, written as text; fails after two minutes with what it answered last.</summary>
    /// <param name="nudges">Said twice a second, each in a transaction of its own: what makes the hub look at once. Said only once it can get lost, where the hub is just writing down when it looks next.</param>
    /// <param name="explain">A query whose answer makes the failure explain itself.</param>
    public static async Task UntilAsync(this NpgsqlDataSource database, string sql, object wanted, IReadOnlyList<string>? nudges = null, string? explain = null)
    {
        string expected = Convert.ToString(wanted, CultureInfo.InvariantCulture)!;
        long begun = TimeProvider.System.GetTimestamp();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        for (int attempt = 0; ; attempt++)
        {
            string? last;
            try
            {
                foreach (string nudge in attempt % 10 == 0 ? nudges ?? [] : [])
                {
                    await database.AskAsync(nudge);
                }

                last = Convert.ToString(await database.AskAsync(sql), CultureInfo.InvariantCulture);
            }
            catch (NpgsqlException refused)
            {
                // The server is being restarted, or a pooled session was thrown out with the others.
                last = refused.Message;
            }

            if (last == expected)
            {
                return;
            }

            if (TimeProvider.System.GetElapsedTime(begun) > Patience)
            {
                Assert.Fail($"{sql} answered {last}, not {expected}\n{(explain is null ? null : await database.AskAsync(explain))}");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
