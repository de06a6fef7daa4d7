using System.Text;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Microsoft.Extensions.Options;

namespace Crossdock.Files;

/// <summary>What was wrong with a file, as a file: its bad rows in its own columns, with the reasons in a column of their own. Mended, it can be uploaded as it is.</summary>
public sealed class FileReport(Npgsql.NpgsqlDataSource database, IConnectionDirectory directory, IOptions<FilesOptions> options)
{
    private const string ErrorsHeading = "Crossdock errors";
    private readonly FileVault vault = new(database);

    /// <summary>Prepares the report; the answer writes it. Null when the file or its connection is gone.</summary>
    public async Task<Func<Stream, Task>?> OpenAsync(ImportRow import, CancellationToken cancellationToken)
    {
        if (!directory.Current.ByKey.TryGetValue(import.Connection, out var connection) || connection.Connector is not IFileSource source || connection.BrokenBecause is not null)
        {
            return null;
        }

        var file = await vault.OpenAsync(import.Id, cancellationToken);
        return file is null ? null : output => WriteAsync(file, import, source.LayoutFor(connection.Settings), output, cancellationToken);
    }

    private async Task WriteAsync(FileStream file, ImportRow import, IFileLayout layout, Stream output, CancellationToken cancellationToken)
    {
        await using var closing = file;
        await using var writer = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 32 * 1024, leaveOpen: true);
        try
        {
            using var reading = new FileReading(file, import.Kind, import.FileName, layout, options.Value.MaxRows);
            int[] places = [.. Enumerable.Range(0, reading.Headings.All.Count).Where(place => reading.Headings.All[place] is not { IsIgnored: true, Text: ErrorsHeading })];
            await writer.WriteAsync(CsvText.Row([.. places.Select(place => reading.Headings.All[place].Text), ErrorsHeading]).AsMemory(), cancellationToken);
            foreach (var entry in reading.Entries().Where(entry => entry.IsBad))
            {
                foreach (var row in entry.Rows)
                {
                    string reasons = string.Join(' ', entry.Problems.Where(problem => problem.Row == row.Number).Select(problem => problem.Because));
                    var cells = places.Select(place => place < row.Cells.Count ? row.Cells[place].Text : "");
                    await writer.WriteAsync(CsvText.Row([.. cells, reasons]).AsMemory(), cancellationToken);
                }
            }
        }
        catch (UnreadableFileException exception)
        {
            await writer.WriteAsync(CsvText.Row([exception.Message]).AsMemory(), cancellationToken);
        }
    }
}
