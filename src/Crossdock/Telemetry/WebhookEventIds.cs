namespace Crossdock.Telemetry;

/// <summary>Ids of the log lines about webhooks of the user's own systems: 1640 to 1649.</summary>
internal static class WebhookEventIds
{
    internal const int Waiting = 1640;
    internal const int Attempted = 1641;
    internal const int SwitchedOff = 1642;
}
