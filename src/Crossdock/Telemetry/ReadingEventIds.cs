namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about reading from platforms.</summary>
internal static class ReadingEventIds
{
    internal const int Polled = 1300;
    internal const int ReadingFailed = 1301;
    internal const int ReadingRecovered = 1302;
    internal const int FeedRead = 1303;
    internal const int FeedNotice = 1304;
    internal const int Fetched = 1305;
    internal const int FetchFailed = 1306;
    internal const int LoopFailed = 1307;
    internal const int DocumentTooLarge = 1308;
    internal const int CommitOfHandlesFailed = 1309;

    internal const int SubscriptionsFailed = 1310;
    internal const int SubscriptionsPutBack = 1311;
    internal const int SubscriptionsUnwatched = 1312;
    internal const int CaughtUp = 1313;
    internal const int SubscriptionsRemoved = 1314;
    internal const int SubscriptionsLeft = 1315;

    internal const int BackfillStarted = 1350;
    internal const int BackfillEnded = 1351;
    internal const int BackfillPaused = 1352;
    internal const int BackfillFailed = 1353;
}
