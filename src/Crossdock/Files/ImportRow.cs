using System.Text.Json;

namespace Crossdock.Files;

/// <summary>One uploaded file and how far its import is.</summary>
public sealed record ImportRow
{
    public required Guid Id { get; init; }
    /// <summary>The connection's key.</summary>
    public required string Connection { get; init; }
    public required string ConnectionName { get; init; }
    public required string FileName { get; init; }
    /// <summary><c>csv</c> or <c>xlsx</c>.</summary>
    public required string Kind { get; init; }
    public required long Bytes { get; init; }
    /// <summary>Stored name of <see cref="ImportState"/>.</summary>
    public required string State { get; init; }
    /// <summary>False: all or nothing; true: rows with errors are left out.</summary>
    public required bool GoodRowsOnly { get; init; }
    /// <summary>Rows below the headings; null before the check ended, like the counts after it.</summary>
    public int? Rows { get; init; }
    public int? Orders { get; init; }
    /// <summary>Orders without an error.</summary>
    public int? Good { get; init; }
    /// <summary>Orders with one.</summary>
    public int? Bad { get; init; }
    public int? BadRows { get; init; }
    /// <summary>Of the good ones: not known yet.</summary>
    public int? New { get; init; }
    /// <summary>Of the good ones: known with other content, which they replace.</summary>
    public int? Updates { get; init; }
    /// <summary>Of the good ones: known with the same content; left alone.</summary>
    public int? Duplicates { get; init; }
    /// <summary>Cells with an error.</summary>
    public int? Errors { get; init; }
    /// <summary>The last row that is worked.</summary>
    public required int DoneRow { get; init; }
    public required int DoneOrders { get; init; }
    /// <summary>Orders imported: new and updated.</summary>
    public required int Imported { get; init; }
    /// <summary>Duplicates left alone.</summary>
    public required int Skipped { get; init; }
    /// <summary>Orders left out because of errors.</summary>
    public required int LeftOut { get; init; }
    public required long WorkedMs { get; init; }
    /// <summary>Why it failed, or what stands in the way.</summary>
    public string? Error { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public string? StartedBy { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>False when the file itself was dropped by retention or given up.</summary>
    public required bool HasFile { get; init; }

    /// <summary>Orders worked per second; null before the first.</summary>
    public double? PerSecond => WorkedMs > 0 && DoneOrders > 0 ? Math.Round(DoneOrders * 1000.0 / WorkedMs, 1) : null;

    /// <summary>How much of the import is done, 0 to 1.</summary>
    public double Progress => State == "done" ? 1 : Orders is > 0 and var orders ? Math.Min(0.999, Math.Round((double)DoneOrders / orders, 4)) : 0;

    /// <summary>How long it will take at the speed so far, in seconds; null while that cannot be told.</summary>
    public long? SecondsLeft => State == "importing" && PerSecond is > 0 and var rate && Orders is { } orders ? (long)Math.Ceiling((orders - DoneOrders) / rate) : null;
}

/// <summary>What the check found, beside the counts.</summary>
/// <param name="Columns">What was made of each heading.</param>
/// <param name="Errors">The first errors by cell.</param>
/// <param name="Sample">The first orders as they were understood.</param>
/// <param name="Updated">Numbers of the first orders that are known with other content.</param>
public sealed record ImportPreview(IReadOnlyList<PreviewColumn> Columns, IReadOnlyList<PreviewError> Errors, IReadOnlyList<PreviewOrder> Sample, IReadOnlyList<string> Updated)
{
    internal const int MostErrors = 200;
    internal const int MostOrders = 20;
    internal const int MostUpdated = 50;

    public static ImportPreview Empty { get; } = new([], [], [], []);

    internal static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web);
}

/// <summary>A column of the file.</summary>
/// <param name="Heading">As the file has it.</param>
/// <param name="Means">The column it was taken for; null for one that is kept as an attribute, or left out.</param>
/// <param name="IsIgnored">True for one that is left out.</param>
public sealed record PreviewColumn(string Heading, string? Means, bool IsIgnored);

/// <summary>Something wrong with a cell.</summary>
/// <param name="Row">As a spreadsheet counts.</param>
/// <param name="Cell">As a spreadsheet names it: <c>D7</c>; null when it concerns the whole row.</param>
/// <param name="Column">The heading.</param>
/// <param name="Value">What stands there.</param>
/// <param name="Because">What is wrong and what to do.</param>
public sealed record PreviewError(int Row, string? Cell, string? Column, string? Value, string Because);

/// <summary>An order as it was understood.</summary>
public sealed record PreviewOrder(int Row, string Number, string? Recipient, string? Address, string? Place, string? Region, int Lines, decimal Total, string Currency, decimal? CashOnDelivery, string Verdict);

/// <summary>An import with its preview.</summary>
public sealed record ImportAnswer(ImportRow Import, ImportPreview Preview);
