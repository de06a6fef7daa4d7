using Crossdock.Database;
using Crossdock.Testing.Database;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Database;

public sealed class CopyRowsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    public static TheoryData<string> Amounts => new(
        "0", "0.00", "1", "-1", "12.90", "0.1", "0.0001", "0.00001", "-0.00000001", "9999", "10000", "10000.0001", "123456789.123456789",
        "79228162514264337593543950335", "-79228162514264337593543950335", "7.9228162514264337593543950335", "0.0000000000000000000000000001", "5000000000000000.5");

    [Theory]
    [MemberData(nameof(Amounts))]
    public async Task Amount_arrives_with_its_digits(string amount)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await RunAsync(connection, "CREATE TEMP TABLE amounts (value numeric)");
        CopyRows rows = new();
        rows.Begin();
        rows.Row(1);
        rows.Numeric(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture));
        await rows.CopyAsync(connection, "COPY amounts FROM STDIN (FORMAT BINARY)", TestContext.Current.CancellationToken);
        Assert.Equal(amount, await RunAsync(connection, "SELECT value::text FROM amounts"));
        Assert.Equal(true, await RunAsync(connection, $"SELECT value = {amount} FROM amounts"));
        await RunAsync(connection, "DROP TABLE amounts");
    }

    [Fact]
    public async Task Every_kind_of_column_arrives_and_a_buffer_serves_again()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await RunAsync(connection, "CREATE TEMP TABLE kinds (a uuid, b int, c boolean, d text, e json, f timestamptz, g text, h timestamptz)");
        CopyRows rows = new();
        Guid id = Guid.CreateVersion7();
        DateTimeOffset at = new(1999, 12, 31, 23, 59, 59, 999, TimeSpan.FromHours(2));
        for (int batch = 0; batch < 2; batch++)
        {
            rows.Begin();
            for (int row = 0; row < 3; row++)
            {
                rows.Row(8);
                rows.Uuid(id);
                rows.Int(-row);
                rows.Bool(row == 1);
                rows.Text(new string('ñ', 40_000));
                rows.Bytes("""{"a":"ș"}"""u8);
                rows.Time(at);
                rows.Text(null);
                rows.Time(null);
            }

            await rows.CopyAsync(connection, "COPY kinds FROM STDIN (FORMAT BINARY)", TestContext.Current.CancellationToken);
        }

        Assert.Equal(6L, await RunAsync(connection, $$"""
            SELECT count(*) FROM kinds
            WHERE a = '{{id}}' AND c = (b = -1) AND d = repeat('ñ', 40000) AND e ->> 'a' = 'ș' AND f = '1999-12-31T21:59:59.999Z' AND g IS NULL AND h IS NULL
            """));
        await RunAsync(connection, "DROP TABLE kinds");
    }

    private static async Task<object?> RunAsync(NpgsqlConnection connection, string sql)
    {
        await using NpgsqlCommand command = new(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
