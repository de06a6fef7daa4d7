namespace Crossdock.Rules;

/// <summary>Says what was probably meant, and what is possible.</summary>
internal static class Suggestions
{
    public static string For(string given, IReadOnlyCollection<string> possible)
    {
        string[] near = [.. possible
            .Select(name => (Name: name, Distance: Distance(given, name)))
            .Where(candidate => candidate.Distance <= Math.Max(2, given.Length / 3) || candidate.Name.EndsWith("." + given, StringComparison.OrdinalIgnoreCase))
            .OrderBy(candidate => candidate.Distance)
            .Take(3)
            .Select(candidate => candidate.Name)];
        string meant = near.Length == 0 ? "" : $"Did you mean {string.Join(" or ", near)}? ";
        return $"{meant}Possible: {string.Join(", ", possible)}.";
    }

    /// <summary>Letters to change, add or take away, without regard to case.</summary>
    private static int Distance(string left, string right)
    {
        int[] former = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int[] row = new int[right.Length + 1];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int change = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], former[j]) + 1, former[j - 1] + change);
            }

            former = row;
        }

        return former[^1];
    }
}
