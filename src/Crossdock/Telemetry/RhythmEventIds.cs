namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about stores gone quiet: 1380 to 1389.</summary>
internal static class RhythmEventIds
{
    internal const int StoreQuiet = 1380;
    internal const int StoreQuietEnded = 1381;
    internal const int AllQuiet = 1382;
    internal const int LookFailed = 1383;
}
