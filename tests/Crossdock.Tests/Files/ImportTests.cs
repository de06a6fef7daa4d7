using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Crossdock.Tests.Files;

/// <summary>Files from upload to order, through the API.</summary>
public sealed class ImportTests(FileHub hub) : IClassFixture<FileHub>
{
    private const string Headings = "Order number,Recipient,Street,Commune,Total\n";

    [Fact]
    public async Task Csv_is_checked_and_imported_and_a_second_time_all_are_duplicates()
    {
        await hub.ConnectAsync("csv");
        byte[] file = Utf8(Headings + "C-1,Ana,Calle 1,Ñuñoa,1000\nC-2,Luis,Calle 2,Las Condes,2000\n");
        var found = await hub.CheckAsync("csv", "may.csv", file);
        Assert.Equal(("checked", 2, 2, 0, 2), Figures(found));
        Assert.Equal(("C-1", "Ana", "Ñuñoa", "RM", "new"), (Sample(found, "number"), Sample(found, "recipient"), Sample(found, "place"), Sample(found, "region"), Sample(found, "verdict")));
        Assert.Equal(0, await hub.CountAsync("SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'csv'"));
        var done = (await hub.ImportAsync(Id(found))).GetProperty("import");
        Assert.Equal(("done", 2), (done.GetProperty("state").GetString(), done.GetProperty("imported").GetInt32()));
        await hub.UntilAsync("SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'csv'", 2);
        Assert.Equal(2, await hub.CountAsync("SELECT count(*) FROM events e JOIN connections c ON c.id = e.connection_id WHERE c.key = 'csv' AND e.source LIKE 'file may.csv row %'"));

        var again = await hub.CheckAsync("csv", "again.csv", file);
        Assert.Equal(2, Count(again, "duplicates"));
        Assert.Equal(2, Count(await hub.ImportAsync(Id(again)), "skipped"));

        byte[] changed = Utf8(Headings + "C-1,Ana,Calle 1,Ñuñoa,1500\nC-3,Eva,Calle 3,Macul,1\n");
        var update = await hub.CheckAsync("csv", "changed.csv", changed);
        Assert.Equal((1, 1), (Count(update, "updates"), Count(update, "new")));
        Assert.Equal("C-1", update.GetProperty("preview").GetProperty("updated")[0].GetString());
        await hub.ImportAsync(Id(update));
        await hub.UntilAsync("SELECT total::bigint FROM orders WHERE external_id = 'C-1'", 1500);

        // Back to what it was: an event of its own, not a repeat of the first.
        var back = await hub.CheckAsync("csv", "back.csv", file);
        Assert.Equal((1, 1), (Count(back, "updates"), Count(back, "duplicates")));
        await hub.ImportAsync(Id(back));
        await hub.UntilAsync("SELECT total::bigint FROM orders WHERE external_id = 'C-1'", 1000);
    }

    [Fact]
    public async Task All_or_nothing_refuses_a_file_with_an_error_and_good_rows_only_leaves_it_out_and_reports_it()
    {
        await hub.ConnectAsync("mixed");
        var found = await hub.CheckAsync("mixed", "mixed.csv", Utf8(Headings + "M-1,Ana,Calle 1,Macul,1000\nM-2,\"=cmd|'/c calc'!A1\",Calle 2,Nowhere,many\nM-3,Eva,Calle 3,Macul,3000\n"));
        Assert.Equal(("checked", 3, 2, 1, 2), Figures(found));
        var error = found.GetProperty("preview").GetProperty("errors").EnumerateArray().Select(one => (one.GetProperty("row").GetInt32(), one.GetProperty("cell").GetString(), one.GetProperty("value").GetString()));
        Assert.Equal([(3, "D3", "Nowhere"), (3, "E3", "many")], error);

        using var refused = await hub.StartAsync(Id(found), goodRowsOnly: false);
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("1 of 3 orders have errors", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await hub.CountAsync("SELECT count(*) FROM events e JOIN connections c ON c.id = e.connection_id WHERE c.key = 'mixed'"));

        var done = await hub.ImportAsync(Id(found), goodRowsOnly: true);
        Assert.Equal((2, 1), (Count(done, "imported"), Count(done, "leftOut")));
        await hub.UntilAsync("SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'mixed'", 2);
        string report = await hub.Client.GetStringAsync($"/api/v1/imports/{Id(found)}/report");
        string[] lines = report.TrimStart('\uFEFF').Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Equal("Order number,Recipient,Street,Commune,Total,Crossdock errors", lines[0]);
        Assert.StartsWith("M-2,'=cmd|'/c calc'!A1,Calle 2,Nowhere,many,", lines[1], StringComparison.Ordinal);

        // Mended in place, the report itself is a file that can be imported; its own column says nothing any more.
        var mended = await hub.CheckAsync("mixed", "mended.csv", Utf8(report.TrimStart('\uFEFF').Replace("Nowhere,many", "Macul,2000", StringComparison.Ordinal)));
        Assert.Equal(("checked", 1, 1, 0, 1), Figures(mended));
        Assert.Equal("=cmd|'/c calc'!A1", Sample(mended, "recipient"));
    }

    [Fact]
    public async Task Workbook_keeps_digits_dates_and_leading_zeros()
    {
        await hub.ConnectAsync("xlsx", """{"timeZone":"America/Santiago"}""");
        byte[] file = FileHub.Workbook(
            ["Pedidos de mayo"],
            ["N° pedido", "Fecha", "Destinatario", "Teléfono", "Dirección", "Comuna", "Código postal", "Total"],
            [100001, new DateTime(2026, 3, 1), "Ana", 56911112222L, "Calle 1", "nunoa", (short)1234, 25990.5],
            ["X-2", "01/03/2026", "Luis", "+56 9 1111 2222", "Calle 2", "Macul", "0077", "25.990"]);
        var found = await hub.CheckAsync("xlsx", "mayo.xlsx", file);
        Assert.True(Figures(found) == ("checked", 2, 2, 0, 2), found.ToString());
        await hub.ImportAsync(Id(found));
        await hub.UntilAsync("SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'xlsx'", 2);
        Assert.Equal(1, await hub.CountAsync("""
            SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id
            WHERE c.key = 'xlsx' AND o.external_id = '100001' AND o.total = 25990.5 AND o.placed_at = '2026-03-01T03:00:00Z' AND o.document #>> '{shipTo,phone}' = '56911112222' AND o.document #>> '{shipTo,postcode}' = '0001234'
            """));
        Assert.Equal(1, await hub.CountAsync("SELECT count(*) FROM orders WHERE external_id = 'X-2' AND total = 25990 AND document #>> '{shipTo,postcode}' = '0077'"));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task Template_of_both_languages_imports_as_it_is(string format)
    {
        await hub.ConnectAsync("template" + format);
        foreach (string language in new[] { "en", "es" })
        {
            byte[] file = await hub.Client.GetByteArrayAsync($"/api/v1/connections/template{format}/template?format={format}&language={language}");
            var found = await hub.CheckAsync("template" + format, "t." + format, file);
            Assert.True(Figures(found) == ("checked", 3, 2, 0, 2), found.ToString());
        }
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("windows-1252")]
    public async Task Semicolons_and_every_usual_encoding_are_understood(string encoding)
    {
        await hub.ConnectAsync("codes");
        var code = CodePagesEncodingProvider.Instance.GetEncoding(encoding) ?? Encoding.GetEncoding(encoding);
        string text = "Número de pedido;Destinatario;Dirección;Comuna;Total\r\nÑ-1;\"Peña; Hijos\ny Cía.\";Av. Ñandú 5;Peñalolén;1.500\r\n";
        var found = await hub.CheckAsync("codes", "f.csv", [.. code.GetPreamble(), .. code.GetBytes(text)]);
        Assert.True(Figures(found) == ("checked", 1, 1, 0, 1), found.ToString());
        Assert.Equal(("Ñ-1", "Peña; Hijos\ny Cía.", "Peñalolén"), (Sample(found, "number"), Sample(found, "recipient"), Sample(found, "place")));
    }

    [Fact]
    public async Task Repeated_and_torn_orders_of_one_file_are_told_apart()
    {
        await hub.ConnectAsync("twice");
        var found = await hub.CheckAsync("twice", "f.csv", Utf8(Headings + "T-1,Ana,Calle 1,Macul,1\nT-2,Eva,Calle 2,Macul,2\nT-1,Ana,Calle 1,Macul,1\nT-2,Eva,Calle 2,Macul,3\n"));
        Assert.Equal((4, 3, 1, 2, 1), (Count(found, "orders"), Count(found, "good"), Count(found, "bad"), Count(found, "new"), Count(found, "duplicates")));
        Assert.Contains("stands in row 3 already", found.GetProperty("preview").GetProperty("errors")[0].GetProperty("because").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "The file is empty")]
    [InlineData("%PDF-1.7", "PDF")]
    [InlineData("<html><table>", "web page")]
    [InlineData("{\"orders\":[]}", "JSON")]
    public async Task File_of_another_kind_is_refused_at_once(string text, string because)
    {
        await hub.ConnectAsync("kinds");
        using var answer = await hub.UploadAsync("kinds", "f.xlsx", Utf8(text));
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(because, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Order number,Recipient,Street,Commune,Total\n", "no rows below")]
    [InlineData("\n\n", "empty")]
    [InlineData("Colour,Size\nred,5\n", "no column for the order number")]
    [InlineData("Order number,Recipient,Street,Commune,Phone,Celular\n1,a,b,Macul,1,2\n", "both mean Phone")]
    public async Task File_without_what_is_needed_fails_with_the_reason(string text, string because)
    {
        await hub.ConnectAsync("lacking");
        var import = (await hub.CheckAsync("lacking", "f.csv", Utf8(text))).GetProperty("import");
        Assert.Equal("failed", import.GetProperty("state").GetString());
        Assert.Contains(because, import.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Half_a_file_is_told_and_not_imported()
    {
        await hub.ConnectAsync("half");
        var cut = await hub.CheckAsync("half", "half.csv", Utf8(Headings + "H-1,Ana,Calle 1,Macul,1000\nH-2,Luis,Cal"));
        Assert.Equal((1, 1), (Count(cut, "good"), Count(cut, "bad")));
        Assert.Contains(cut.GetProperty("preview").GetProperty("errors").EnumerateArray(), error => error.GetProperty("because").GetString()!.Contains("breaks off", StringComparison.Ordinal));

        byte[] whole = FileHub.Workbook(["Order number", "Recipient", "Street", "Commune"], ["1", "Ana", "Calle 1", "Macul"]);
        var import = (await hub.CheckAsync("half", "half.xlsx", whole[..(whole.Length / 2)])).GetProperty("import");
        Assert.Equal("failed", import.GetProperty("state").GetString());
        Assert.Contains("breaks off or is damaged", import.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_goes_on_after_a_restart_and_loses_and_doubles_nothing()
    {
        await hub.ConnectAsync("killed");
        var found = await hub.CheckAsync("killed", "f.csv", Many("K", 20_000));
        using (await hub.StartAsync(Id(found), goodRowsOnly: false))
        {
            await hub.UntilAsync($"SELECT (done_orders > 0)::int FROM file_imports WHERE id = '{Id(found)}'", 1);
        }

        await hub.RestartAsync();
        Assert.NotEqual("checking", (await hub.UntilOverAsync(Id(found))).GetProperty("import").GetProperty("state").GetString());
        var import = (await hub.UntilOverAsync(Id(found))).GetProperty("import");
        Assert.Equal(("done", 20_000, 20_000), (import.GetProperty("state").GetString(), import.GetProperty("doneOrders").GetInt32(), import.GetProperty("imported").GetInt32()));
        await hub.UntilAsync("SELECT count(*) FROM orders o JOIN connections c ON c.id = o.connection_id WHERE c.key = 'killed'", 20_000);
        Assert.Equal(20_000, await hub.CountAsync("SELECT count(*) FROM events e JOIN connections c ON c.id = e.connection_id WHERE c.key = 'killed'"));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("xlsx")]
    public async Task Hundred_thousand_rows_are_checked_without_memory_growing(string kind)
    {
        await hub.ConnectAsync("big");
        byte[] small = kind == "csv" ? Many("S", 1000) : Book("S", 1000), big = kind == "csv" ? Many("B", 100_000) : Book("B", 100_000);
        await hub.CheckAsync("big", "small." + kind, small);
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        var watch = Stopwatch.StartNew();
        using var stop = new CancellationTokenSource();
        var measuring = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true));
                await Task.Delay(250);
            }
        });
        var found = await hub.CheckAsync("big", "big." + kind, big);
        await stop.CancelAsync();
        await measuring;
        TestContext.Current.SendDiagnosticMessage("100,000 rows as {0}: {1:N0} MB more at most, {2:N1} s", kind, (most - before) / 1e6, watch.Elapsed.TotalSeconds);
        Assert.Equal(("checked", 100_000, 100_000, 0, 100_000), Figures(found));
        Assert.True(most - before < 60_000_000, $"{(most - before) / 1e6:N0} MB more are held in the middle of 100,000 rows");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Many(string prefix, int count)
    {
        var text = new StringBuilder(Headings);
        for (int i = 0; i < count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{prefix}-{i},Ana Rojas {i},Avenida Irarrázaval {i},Ñuñoa,{1000 + i}\n");
        }

        return Utf8(text.ToString());
    }

    private static byte[] Book(string prefix, int count) => FileHub.Workbook(Enumerable.Range(-1, count + 1).Select(i => i < 0
        ? new object?[] { "Order number", "Recipient", "Street", "Commune", "Total" }
        : [$"{prefix}-{i.ToString(CultureInfo.InvariantCulture)}", $"Ana Rojas {i.ToString(CultureInfo.InvariantCulture)}", $"Avenida Irarrázaval {i.ToString(CultureInfo.InvariantCulture)}", "Ñuñoa", 1000 + i]));

    private static (string?, int, int, int, int) Figures(JsonElement answer) =>
        answer.GetProperty("import").GetProperty("error").ValueKind == JsonValueKind.String ? (answer.ToString(), 0, 0, 0, 0)
        : (answer.GetProperty("import").GetProperty("state").GetString(), Count(answer, "rows"), Count(answer, "good"), Count(answer, "bad"), Count(answer, "new"));

    private static int Count(JsonElement answer, string name) => answer.GetProperty("import").GetProperty(name).GetInt32();

    private static Guid Id(JsonElement answer) => answer.GetProperty("import").GetProperty("id").GetGuid();

    private static string? Sample(JsonElement answer, string name) => answer.GetProperty("preview").GetProperty("sample")[0].GetProperty(name).GetString();
}
