namespace Crossdock.Model.Connectors;

/// <summary>Which HTTP headers carry credentials, by their names.</summary>
public static class SecretHeaders
{
    private static readonly string[] Names = ["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"];

    // Without their hyphens: X-Api-Key, ApiKey, X-Shopify-Access-Token, Ocp-Apim-Subscription-Key and whatever else the platforms thought of.
    private static readonly string[] Parts = ["apikey", "authkey", "accesskey", "secretkey", "subscriptionkey", "privatekey", "token", "secret", "password", "credential", "authorization"];

    /// <summary>True when the header's value is to be treated as a secret: encrypted at rest, never shown or logged. Case is ignored.</summary>
    public static bool Contains(string name)
    {
        string letters = name.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        return Names.Contains(name, StringComparer.OrdinalIgnoreCase) || Parts.Any(part => letters.Contains(part, StringComparison.OrdinalIgnoreCase));
    }
}
