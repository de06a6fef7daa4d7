using System.Collections.Concurrent;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;

namespace Crossdock.WebConsole.Languages;

/// <summary>Sentences that the hub stored in English, read in the reader's language. <c>Sentences.*.resx</c> has their forms (<c>The order went from {0} to {1}.</c>); what fits none is shown as it was stored.</summary>
internal static class ToldSentences
{
    // What is in a part is mostly a name; longer ones are no sentences of ours.
    private const int LongestPart = 300;

    private static readonly ResourceManager Resources = new("Crossdock.WebConsole.Languages.Sentences", typeof(ToldSentences).Assembly);
    private static readonly ConcurrentDictionary<string, IReadOnlyList<(Regex Form, string Text)>> Known = new(StringComparer.Ordinal);

    /// <summary>A stored sentence in the language of the present page.</summary>
    public static string Read(string stored)
    {
        foreach (var (form, text) in Known.GetOrAdd(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, _ => Forms(CultureInfo.CurrentUICulture)))
        {
            if (form.Match(stored) is { Success: true } match)
            {
                return string.Format(CultureInfo.InvariantCulture, text, [.. match.Groups.Cast<Group>().Skip(1).Select(part => Part(part.Value))]);
            }
        }

        return stored;
    }

    // A part may be a state or another sentence of ours.
    private static string Part(string part) => Read(part) is var read && read != part ? read : T[part];

    private static IReadOnlyList<(Regex, string)> Forms(CultureInfo culture) =>
        Resources.GetResourceSet(culture, createIfNotExists: true, tryParents: true) is not { } set ? [] :
        [
            .. set.Cast<System.Collections.DictionaryEntry>().Select(entry => (Key: (string)entry.Key, Text: (string)entry.Value!))
                .OrderByDescending(one => one.Key.Length)
                .Select(one => (new Regex(Pattern(one.Key), RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.Singleline), one.Text)),
        ];

    private static string Pattern(string form) =>
        "^" + Regex.Replace(Regex.Escape(form), @"\\\{\d+}", $"(.{{1,{LongestPart.ToString(CultureInfo.InvariantCulture)}}}?)", RegexOptions.None, TimeSpan.FromSeconds(1)) + "$";
}
