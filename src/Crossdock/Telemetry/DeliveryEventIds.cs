namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about deliveries.</summary>
internal static class DeliveryEventIds
{
    internal const int DeliveryAttempted = 1200;
    internal const int OutcomesWaiting = 1201;
    internal const int OutcomeLost = 1202;
    internal const int ClaimsFailed = 1203;
    internal const int BreakerMoved = 1204;
    internal const int DestinationThrew = 1205;
    internal const int DestinationsGone = 1206;
    internal const int OutcomesUnexpected = 1207;
    internal const int TellingEnded = 1208;
}
