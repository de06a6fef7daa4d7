using Crossdock.Model.Connections;
using Crossdock.Model.Orders;

namespace Crossdock.Model.Connectors;

/// <summary>A platform whose orders come as rows of files that a person uploads (CSV, XLSX).</summary>
public interface IFileSource
{
    /// <summary>Prepares how one connection's files are laid out. Only called for settings that passed <see cref="IConnector.Check"/>.</summary>
    IFileLayout LayoutFor(ConnectionSettings connection);
}

/// <summary>How the rows of one connection's files are understood. Pure and total, safe for any number of threads; reading the file itself is the hub's business.</summary>
public interface IFileLayout
{
    /// <summary>The columns of a template, in its order.</summary>
    IReadOnlyList<FileColumn> Columns { get; }

    /// <summary>Finds out what the headings of a file mean. Called with any row that might be the one with the headings.</summary>
    FileHeadings Match(IReadOnlyList<string> headings);

    /// <summary>What tells which order a row belongs to; rows below each other with the same key are one order. Empty when the row does not say.</summary>
    string OrderKey(FileHeadings headings, FileRow row);

    /// <summary>Understands the rows of one order.</summary>
    /// <param name="headings">As <see cref="Match"/> answered.</param>
    /// <param name="fileName">The file's name, for the event.</param>
    /// <param name="rows">One or more rows, in the file's order.</param>
    FileOrder Read(FileHeadings headings, string fileName, IReadOnlyList<FileRow> rows);
}

/// <summary>A column of a template.</summary>
/// <param name="Name">Heading in English.</param>
/// <param name="SpanishName">Heading in Spanish.</param>
/// <param name="IsRequired">Whether every order needs it.</param>
/// <param name="Help">What belongs there, in one sentence.</param>
/// <param name="Examples">One value per example row; empty text where a row has none.</param>
public sealed record FileColumn(string Name, string SpanishName, bool IsRequired, string Help, IReadOnlyList<string> Examples);

/// <summary>What the headings of a file mean.</summary>
/// <param name="All">One per column of the file.</param>
/// <param name="Recognised">How many of them are known.</param>
/// <param name="Problems">Why files with these headings cannot be read (a needed column is missing, two have one meaning); empty when they can.</param>
public sealed record FileHeadings(IReadOnlyList<FileHeading> All, int Recognised, IReadOnlyList<string> Problems);

/// <summary>One column of a file.</summary>
/// <param name="Text">Its heading as kept with the event: as written, made unique; <c>Column F</c> where there is none.</param>
/// <param name="Column">The English name of what it means; null when it is not known, and then its cells are kept as attributes.</param>
/// <param name="IsIgnored">True for a column that is left out altogether.</param>
public sealed record FileHeading(string Text, string? Column, bool IsIgnored = false);

/// <summary>One cell.</summary>
/// <param name="Text">Its text, trimmed; a number with a decimal point and no grouping; a date as <c>2026-03-01</c> or <c>2026-03-01T12:30:00</c>; empty for nothing.</param>
/// <param name="IsNumber">True when the file itself says that it is a number.</param>
public readonly record struct FileCell(string Text, bool IsNumber = false);

/// <summary>One row of a file.</summary>
/// <param name="Number">As a spreadsheet counts, from 1.</param>
/// <param name="Cells">As many as there are headings; a row may have fewer.</param>
public sealed record FileRow(int Number, IReadOnlyList<FileCell> Cells);

/// <summary>Something wrong with one cell.</summary>
/// <param name="Row">The row, as a spreadsheet counts.</param>
/// <param name="Index">The column's place, from 0; null when it concerns the whole row.</param>
/// <param name="Column">The column's heading as the file has it; null when it concerns the whole row.</param>
/// <param name="Value">What stands there, at most 200 characters; null for nothing.</param>
/// <param name="Because">What is wrong and what to do, one sentence.</param>
public sealed record CellProblem(int Row, int? Index, string? Column, string? Value, string Because);

/// <summary>The rows of one order, understood.</summary>
/// <param name="Envelope">As for a webhook. Its dedupe key depends on the order's number and the content of its cells alone, not on file or row.</param>
/// <param name="Payload">What is kept as the event.</param>
/// <param name="Order">The order; null when there are problems.</param>
/// <param name="Problems">What is wrong, by cell; empty when all is well.</param>
public sealed record FileOrder(Envelope Envelope, ReadOnlyMemory<byte> Payload, Order? Order, IReadOnlyList<CellProblem> Problems);
