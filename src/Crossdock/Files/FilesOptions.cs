using System.ComponentModel.DataAnnotations;

namespace Crossdock.Files;

/// <summary>How uploaded files are taken. Section <c>Crossdock:Files</c>.</summary>
public sealed record FilesOptions
{
    /// <summary>Largest file accepted, in bytes; a larger one is answered 413. Default 52428800 (50 MB); 65536 to 1073741824.</summary>
    [Range(65_536L, 1_073_741_824L)] public long MaxFileBytes { get; init; } = 50L * 1024 * 1024;

    /// <summary>Rows that one file may have. Default 500000; 1 to 1048576.</summary>
    [Range(1, 1_048_576)] public int MaxRows { get; init; } = 500_000;

    /// <summary>How long uploaded files are kept, in days; what was imported from them is kept as events. Default 30; 1 to 3650.</summary>
    [Range(1, 3650)] public int KeepDays { get; init; } = 30;

    /// <summary>Files that one node works on at once. Default 2; 1 to 100.</summary>
    [Range(1, 100)] public int FilesAtOnce { get; init; } = 2;
}
