using Crossdock.Model.Connectors;

namespace Crossdock.Files;

/// <summary>The rows of a file, one after the other. Nothing but the present row is kept.</summary>
internal interface ISheet : IDisposable
{
    /// <summary>The next row with anything in it; null at the end.</summary>
    /// <exception cref="UnreadableFileException">The file is broken from here on.</exception>
    FileRow? Next();

    /// <summary>True when the file ended in the middle of a row; known after the last row.</summary>
    bool IsCutOff { get; }
}
