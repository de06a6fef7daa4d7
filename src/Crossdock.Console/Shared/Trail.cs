using Crossdock.Database;

namespace Crossdock.WebConsole.Shared;

/// <summary>Where a list stands: the cursor of this page and those before it, so that "newer" works although lists page by key.</summary>
internal sealed record Trail(string? After, string? Earlier)
{
    private const int Longest = 1_000;

    /// <summary>The page that the address asks for; the first one when the cursor is not one of ours.</summary>
    public PageRequest Request => PageRequest.Read(After, null, out _) ?? PageRequest.First;

    /// <summary>The address of the older page; null on the last.</summary>
    public string? Older(string list, string? next) => next is null ? null : With(list, next, Shorten(string.Join('.', [.. Parts, After ?? ""])));

    /// <summary>The address of the newer page; null on the first.</summary>
    public string? Newer(string list)
    {
        if (After is null)
        {
            return null;
        }

        string[] parts = Parts;
        return parts.Length == 0 ? list : With(list, parts[^1], string.Join('.', parts[..^1]));
    }

    /// <summary>The address of this very page, to come back to after an action.</summary>
    public string Here(string list) => After is null ? list : With(list, After, Earlier ?? "");

    /// <summary>A list's address with its filters; those not given are left out.</summary>
    public static string Address(string list, params (string Name, string? Value)[] filters)
    {
        string query = string.Join('&', filters.Where(filter => !string.IsNullOrEmpty(filter.Value)).Select(filter => $"{filter.Name}={Uri.EscapeDataString(filter.Value!)}"));
        return query.Length == 0 ? list : $"{list}?{query}";
    }

    private string[] Parts => Earlier is null ? [] : Earlier.Split('.');

    private static string Shorten(string trail) => trail.Length <= Longest ? trail : trail[^Longest..][(trail[^Longest..].IndexOf('.', StringComparison.Ordinal) + 1)..];

    private static string With(string list, string after, string earlier) => after.Length == 0
        ? list
        : $"{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Uri.EscapeDataString(after)}&earlier={Uri.EscapeDataString(earlier)}";
}
