namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about replays: 1400 to 1449.</summary>
internal static class ReplayEventIds
{
    internal const int Started = 1400;
    internal const int Ended = 1401;
    internal const int Waits = 1402;
    internal const int Failed = 1403;
    internal const int Applied = 1404;
}
