using Xunit;

namespace Crossdock.EndToEnd;

/// <summary>The console's pages that need no id.</summary>
public static class Pages
{
    private static readonly string[] All = ["/", "/orders", "/approvals", "/holds", "/dead-letters", "/parked", "/deliveries", "/events", "/imports", "/backfills", "/account", "/users", "/tokens", "/audit", "/alerts", "/alerts?ended=true", "/replays", "/connect", "/connect/shopify", "/connect/http", "/connections/acme/settings", "/connections/acme/start", "/connections/acme/documents", "/completeness", "/connections", "/connections/acme", "/connections/courier"];

    /// <summary>All but the sign-in.</summary>
    public static TheoryData<string> Signed => [.. All];
}
