using System.Text;
using Crossdock.Connections;
using Crossdock.Model.Connectors;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Capture;

/// <summary>A request's headers as connectors see them, and as they are kept with the payload.</summary>
internal sealed class WebhookHeaders(IHeaderDictionary headers) : IWebhookHeaders
{
    public string? this[string name] => headers.TryGetValue(name, out var values) && values.Count == 1 ? values[0] : null;

    /// <summary>One <c>Name: value</c> a line. Credentials are masked: they are not needed to understand the event later, and a log of secrets is a leak.</summary>
    public string Text(Connection connection)
    {
        var text = new StringBuilder(512);
        foreach (var (name, values) in headers)
        {
            foreach (string? value in values)
            {
                text.Append(name).Append(": ").Append(IsSecret(name, value, connection) ? "***" : value).Append('\n');
            }
        }

        return text.Replace("\0", "").ToString();
    }

    private static bool IsSecret(string name, string? value, Connection connection)
    {
        if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Proxy-Authorization", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        foreach (var (_, secret) in connection.Settings.Secrets)
        {
            if (secret.Length > 0 && value is not null && value.Contains(secret, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
