namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about files: 1950 to 1999. An id is never used for anything else.</summary>
internal static class FileEventIds
{
    public const int Worked = 1950;
    public const int Waits = 1951;
    public const int Failed = 1952;
}
