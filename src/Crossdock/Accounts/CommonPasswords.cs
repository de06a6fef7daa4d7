using System.Collections.Frozen;
using System.Text;

namespace Crossdock.Accounts;

/// <summary>What many people choose. A password is refused when it is one of them, or hardly more: words of the list one after the other, with digits and signs around, or letters written as digits.</summary>
internal static class CommonPasswords
{
    private const string Resource = "common-passwords.txt";
    private const string WordsEnd = "# Whole passwords:";

    private static readonly Lazy<(FrozenSet<string> Words, FrozenSet<string> Whole)> Lists = new(Load);

    /// <summary>How many entries the lists have.</summary>
    public static int Count => Lists.Value.Words.Count + Lists.Value.Whole.Count;

    /// <summary>True when a guesser would try it among the first.</summary>
    /// <param name="password">As typed.</param>
    /// <param name="own">Names of the person, which a guesser knows too.</param>
    public static bool Has(string password, params IEnumerable<string?> own)
    {
        string lower = password.Trim().ToLowerInvariant();
        if (Lists.Value.Whole.Contains(lower) || IsMonotone(lower))
        {
            return true;
        }

        string[] names = [.. own.SelectMany(name => (name ?? "").ToLowerInvariant().Split(['@', '.', ' ', '-', '_'], StringSplitOptions.RemoveEmptyEntries)).Where(name => name.Length > 2)];
        return ConsistsOfWords(Letters(lower), names) || ConsistsOfWords(Letters(Plain(lower)), names);
    }

    // Four or more further letters that are no common word are enough to make it more than common.
    private static bool ConsistsOfWords(string letters, string[] names)
    {
        const int Free = 3;
        var words = Lists.Value.Words;
        // least[i]: letters up to i that belong to no word.
        int[] least = new int[letters.Length + 1];
        for (int end = 1; end <= letters.Length; end++)
        {
            least[end] = least[end - 1] + 1;
            for (int begin = end - 3; begin >= Math.Max(0, end - 30); begin--)
            {
                string part = letters[begin..end];
                if (least[begin] < least[end] && (words.Contains(part) || names.Contains(part, StringComparer.Ordinal)))
                {
                    least[end] = least[begin];
                }
            }
        }

        // A phrase of several words is long; it is not what is tried first.
        return least[^1] <= Free && letters.Length < 24;
    }

    // One sign again and again, or signs that follow each other as on the keyboard's number row or in the alphabet.
    private static bool IsMonotone(string text)
    {
        int steps = 0;
        for (int i = 1; i < text.Length; i++)
        {
            int step = text[i] - text[i - 1];
            steps += step is 0 or 1 or -1 || (text[i - 1] == '9' && text[i] == '0') ? 1 : 0;
        }

        return text.Length > 0 && (steps >= text.Length - 3 || text.Distinct().Count() <= 3 || IsRepeated(text));
    }

    private static bool IsRepeated(string text)
    {
        for (int length = 1; length <= text.Length / 3; length++)
        {
            if (Enumerable.Range(length, text.Length - length).All(i => text[i] == text[i - length]))
            {
                return true;
            }
        }

        return false;
    }

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetter));

    private static string Plain(string text)
    {
        // Digits and signs at the ends are endings; those within stand for letters.
        var plain = new StringBuilder(text.Trim("0123456789!@#$%^&*()-_=+.,;:?/ ".ToCharArray()));
        foreach (var (sign, letter) in (ReadOnlySpan<(char, char)>)[('0', 'o'), ('1', 'i'), ('3', 'e'), ('4', 'a'), ('5', 's'), ('7', 't'), ('@', 'a'), ('$', 's'), ('!', 'i')])
        {
            plain.Replace(sign, letter);
        }

        return plain.ToString();
    }

    private static (FrozenSet<string> Words, FrozenSet<string> Whole) Load()
    {
        using var stream = typeof(CommonPasswords).Assembly.GetManifestResourceStream(Resource) ?? throw new InvalidOperationException($"The hub was built without {Resource}.");
        using var reader = new StreamReader(stream);
        string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        int end = Array.IndexOf(lines, WordsEnd);
        return (lines[..end].Where(line => line[0] != '#').ToFrozenSet(StringComparer.Ordinal), lines[end..].Where(line => line[0] != '#').ToFrozenSet(StringComparer.Ordinal));
    }
}
