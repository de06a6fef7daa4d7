namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about comparing ledgers.</summary>
internal static class ReconciliationEventIds
{
    internal const int LoopFailed = 1500;
    internal const int RoundFailed = 1501;
    internal const int Waits = 1502;
    internal const int Compared = 1503;
    internal const int DayRead = 1504;
    internal const int GapsFound = 1505;
}
