namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about the shape of documents: 2160 to 2199. An id is never used for anything else.</summary>
internal static class DriftEventIds
{
    public const int LookFailed = 2160;
    public const int Waits = 2161;
    public const int Released = 2162;
}
