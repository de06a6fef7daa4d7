namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about alerts, privacy and keys: 2200 to 2239. An id is never used for anything else.</summary>
internal static class AlertEventIds
{
    public const int NotSent = 2200;
    public const int RoutesWait = 2201;
    public const int WatchWaits = 2202;
    public const int PrivacyWaits = 2210;
    public const int PrivacyDone = 2211;
    public const int PrivacyNotCleaned = 2212;
    public const int PrivacyAway = 2213;
    public const int KeysRotated = 2220;
    public const int KeysWait = 2221;
    public const int TokenNotRenewed = 2230;
    public const int TokensWait = 2231;
}
