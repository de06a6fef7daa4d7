namespace Crossdock.Telemetry;

/// <summary>Ids of log lines: stable, so that an operator can filter by them. One block of a hundred per folder.</summary>
public static class EventIds
{
    public const int CaptureRefused = 1000;
    public const int CaptureFailed = 1001;
    public const int CaptureRecovered = 1002;

    public const int RelayRefused = 1050;
    public const int RelayKeysUnreachable = 1051;

    public const int BatchProcessed = 1100;
    public const int BatchFailed = 1101;
    public const int EventPoisoned = 1102;
    public const int ClaimsFailed = 1103;
    public const int WakeFailed = 1104;

    public const int OrderListsWait = 1150;
    public const int OrderListsFilled = 1151;
    public const int BulkFailed = 1160;

    public const int StatisticsFailed = 1900;

    public const int PageFailed = 2900;
}
