namespace Crossdock.Model.Connectors;

/// <summary>Credentials in the query string of an address, by the names of its parameters: those that would be secret as a header (<see cref="SecretHeaders"/>).</summary>
public static class SecretQuery
{
    /// <summary>The address with the value of each parameter that signs in replaced by what <paramref name="value"/> makes of name and value; null keeps it. Values are as written, percent signs included.</summary>
    public static string Replace(string address, Func<string, string, string?> value)
    {
        int query = address.IndexOf('?', StringComparison.Ordinal) + 1, end = address.IndexOf('#', StringComparison.Ordinal);
        end = end < 0 ? address.Length : end;
        if (query == 0 || query > end)
        {
            return address;
        }

        string[] parts = address[query..end].Split('&');
        for (int i = 0; i < parts.Length; i++)
        {
            int equals = parts[i].IndexOf('=', StringComparison.Ordinal);
            string name = equals > 0 ? Uri.UnescapeDataString(parts[i][..equals]) : "";
            if (SecretHeaders.Contains(name) && value(name, parts[i][(equals + 1)..]) is { } other)
            {
                parts[i] = parts[i][..(equals + 1)] + other;
            }
        }

        return address[..query] + string.Join('&', parts) + address[end..];
    }
}
