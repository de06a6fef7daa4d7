using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Server;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Crossdock.Tests.Files;

/// <summary>The whole hub with one connection for spreadsheets, and its API.</summary>
public sealed class FileHub : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-files-").FullName;
    private RunningHub? hub;

    public HttpClient Client { get; private set; } = null!;
    public NpgsqlDataSource Database => database.DataSource;
    public string Address => hub!.Address;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await hub!.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Starts the hub again over the same database.</summary>
    public async Task RestartAsync()
    {
        Client.Dispose();
        await hub!.DisposeAsync();
        await StartAsync();
    }

    /// <summary>Puts a connection in force.</summary>
    public async Task ConnectAsync(string key, string settings = "{}")
    {
        var result = await hub!.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync(
            $$"""{"connections":[{"key":"{{key}}","name":"{{key}}","platform":"spreadsheet","settings":{{settings}} }]}""", "test", static _ => null, false, false, CancellationToken.None);
        Assert.Empty(result.Errors);
        var directory = hub.Application.Services.GetRequiredService<IConnectionDirectory>();
        for (int attempt = 0; attempt < 200 && (!directory.Current.ByKey.TryGetValue(key, out var known) || known.Settings.Settings.GetRawText() != JsonDocument.Parse(settings).RootElement.GetRawText()); attempt++)
        {
            await Task.Delay(25);
        }
    }

    public async Task<HttpResponseMessage> UploadAsync(string key, string name, byte[] file)
    {
        using var content = new ByteArrayContent(file);
        return await Client.PostAsync($"/api/v1/connections/{key}/imports?file={Uri.EscapeDataString(name)}", content);
    }

    /// <summary>Uploads and waits for the end of the check.</summary>
    public async Task<JsonElement> CheckAsync(string key, string name, byte[] file)
    {
        using var answer = await UploadAsync(key, name, file);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return await UntilOverAsync((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("import").GetProperty("id").GetGuid());
    }

    /// <summary>Starts an import and waits for its end.</summary>
    public async Task<JsonElement> ImportAsync(Guid id, bool goodRowsOnly = false)
    {
        using var answer = await StartAsync(id, goodRowsOnly);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        return await UntilOverAsync(id);
    }

    public Task<HttpResponseMessage> StartAsync(Guid id, bool goodRowsOnly) => Client.PostAsJsonAsync($"/api/v1/imports/{id}/start", new { goodRowsOnly });

    public async Task<JsonElement> UntilOverAsync(Guid id)
    {
        for (int attempt = 0; attempt < 3000; attempt++)
        {
            var answer = await Client.GetFromJsonAsync<JsonElement>($"/api/v1/imports/{id}");
            if (answer.GetProperty("import").GetProperty("state").GetString() is not ("checking" or "importing"))
            {
                return answer;
            }

            await Task.Delay(50);
        }

        throw new TimeoutException("the import does not end");
    }

    public async Task<long> CountAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    public Task UntilAsync(string sql, long wanted) => Database.UntilAsync(sql, wanted);

    /// <summary>A small workbook; numbers become numbers, everything else text.</summary>
    public static byte[] Workbook(params IEnumerable<object?[]> rows)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "[Content_Types].xml", """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>""");
            Part(zip, "_rels/.rels", """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>""");
            Part(zip, "xl/workbook.xml", """<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>""");
            Part(zip, "xl/_rels/workbook.xml.rels", """<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>""");
            Part(zip, "xl/styles.xml", """<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="1"><numFmt numFmtId="170" formatCode="0000000"/></numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/><xf numFmtId="170" applyNumberFormat="1"/></cellXfs></styleSheet>""");
            using var sheet = new StreamWriter(zip.CreateEntry("xl/worksheets/sheet1.xml", CompressionLevel.Fastest).Open());
            sheet.Write("""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>""");
            int number = 0;
            foreach (var row in rows)
            {
                number++;
                sheet.Write(string.Create(CultureInfo.InvariantCulture, $"<row r=\"{number}\">"));
                foreach (var cell in row)
                {
                    sheet.Write(cell switch
                    {
                        null => "<c/>",
                        DateTime date => string.Create(CultureInfo.InvariantCulture, $"<c s=\"1\"><v>{date.ToOADate()}</v></c>"),
                        short padded => string.Create(CultureInfo.InvariantCulture, $"<c s=\"2\"><v>{padded}</v></c>"),
                        IFormattable value => "<c><v>" + value.ToString(null, CultureInfo.InvariantCulture) + "</v></c>",
                        _ => "<c t=\"inlineStr\"><is><t>" + WebUtility.HtmlEncode(cell.ToString()) + "</t></is></c>",
                    });
                }

                sheet.Write("</row>");
            }

            sheet.Write("</sheetData></worksheet>");
        }

        return stream.ToArray();
    }

    private async Task StartAsync()
    {
        hub = await HubHost.StartAsync(
            new HubSettings { Database = database.ConnectionString, DataFolder = folder, Urls = "http://127.0.0.1:0", AdminToken = "cd_files" },
            new Dictionary<string, string?> { ["Crossdock:Reading:TickMilliseconds"] = "50", ["Crossdock:Reading:LeaseSeconds"] = "5" });
        Client = new HttpClient { BaseAddress = new Uri(hub.Address), DefaultRequestHeaders = { Authorization = new("Bearer", "cd_files") } };
    }

    private static void Part(ZipArchive zip, string name, string text)
    {
        using var writer = new StreamWriter(zip.CreateEntry(name).Open(), new UTF8Encoding(false));
        writer.Write(text);
    }
}
