using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Crossdock.Accounts;
using Crossdock.Connectors;
using Crossdock.Delivery;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;
using Crossdock.WebConsole.Languages;
using Crossdock.WebConsole.Shared;
using Xunit;

namespace Crossdock.Tests.Conventions;

/// <summary>What the console says, it can say in every language it offers.</summary>
public sealed partial class LanguageTests
{
    [Fact]
    public void Every_text_of_the_console_is_there_in_Spanish()
    {
        var spanish = Translations();
        var missing = Sources().SelectMany(file => SaidIn(file.Text).Select(text => (file.Name, Text: text)))
            .Concat(Words().Select(word => (Name: "a stored word", Text: word)))
            .Where(said => !spanish.ContainsKey(said.Text)).Distinct().Select(said => $"{said.Name}: {said.Text}").ToList();
        Assert.True(missing.Count == 0, $"Texts.es.resx lacks {missing.Count}:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public void Translations_keep_their_parts_and_none_is_left_over()
    {
        var said = Sources().SelectMany(file => SaidIn(file.Text)).Concat(Words()).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var spanish = Translations();
        Assert.All(spanish, text => Assert.Equal(Parts(text.Key), Parts(text.Value)));
        string sources = string.Concat(SourceTree.Files("src", "*.cs").Select(SourceTree.Read));
        Assert.DoesNotContain(spanish.Keys, text => !said.Contains(text) && (text.Contains('{', StringComparison.Ordinal) || !IsStored(text, sources)));
    }

    [Theory]
    [InlineData("""T["Orders"] and T[$"{name} has it"]""", new[] { "Orders", "{0} has it" })]
    [InlineData("""T[$"{(some ? T["all"] : $"{a}-{b}")} of {count:N0} \"x\""]""", new[] { "{0} of {1} \"x\"", "all" })]
    public void Texts_are_found_in_source(string source, string[] wanted) => Assert.Equal(wanted, SaidIn(source));

    [Fact]
    public void Every_translated_sentence_of_the_history_is_one_that_the_hub_writes()
    {
        string sources = string.Concat(SourceTree.Files("src", "*.cs").Concat(SourceTree.Files("src", "*.razor")).Select(SourceTree.Read)).Replace("\\\"", "\"", StringComparison.Ordinal);
        var sentences = Translations("Sentences");
        Assert.True(sentences.Count > 50, "the list is shorter than it was");
        Assert.All(sentences, text => Assert.Equal(Parts(text.Key), Parts(text.Value)));
        Assert.All(sentences.Keys.SelectMany(text => Part().Split(text)), piece => Assert.Contains((piece.EndsWith(" as ", StringComparison.Ordinal) ? piece[..^4] : piece).Trim().TrimEnd('.'), sources, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("es-CL", "The order went from approved to in shipment.", "El pedido pasó de aprobado a en envío.")]
    [InlineData("es", "blue has the order as SH-1", "blue tiene el pedido como SH-1")]
    [InlineData("es", "A person wrote this.", "A person wrote this.")]
    [InlineData("en-GB", "The order is approved.", "The order is approved.")]
    public void History_is_read_in_the_readers_language(string locale, string stored, string wanted)
    {
        var former = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(locale);
        try
        {
            Assert.Equal(wanted, ToldSentences.Read(stored));
        }
        finally
        {
            CultureInfo.CurrentUICulture = former;
        }
    }

    private static List<string> SaidIn(string source)
    {
        List<string> said = [];
        foreach (Match begin in Begin().Matches(source))
        {
            said.Add(Read(source, begin.Index + 2).Key);
        }

        foreach (Match counted in Counted().Matches(source))
        {
            said.Add("{0} " + counted.Groups[1].Value);
            said.Add("{0} " + Say.Plural(counted.Groups[1].Value));
        }

        said.AddRange(BadgeText().Matches(source).Concat(Done().Matches(source)).Select(found => found.Groups[1].Value));
        return said;
    }

    /// <summary>Reads one string literal, interpolated or not; its holes become numbered parts.</summary>
    private static (string Key, int End) Read(string source, int at)
    {
        bool hasHoles = source[at] == '$';
        var key = new System.Text.StringBuilder();
        int holes = 0;
        for (int i = at + (hasHoles ? 2 : 1); ; i++)
        {
            switch (source[i])
            {
                case '"':
                    return (key.ToString(), i);
                case '\\':
                    key.Append(source[++i] == 'n' ? '\n' : source[i]);
                    break;
                case '{' when hasHoles && source[i + 1] != '{':
                    i = AfterHole(source, i);
                    key.Append('{').Append(holes++).Append('}');
                    break;
                case '{' or '}' when hasHoles:
                    key.Append(source[i], 2);
                    i++;
                    break;
                default:
                    key.Append(source[i]);
                    break;
            }
        }
    }

    private static int AfterHole(string source, int at)
    {
        for (int depth = 0; ; at++)
        {
            switch (source[at])
            {
                case '{' or '(' or '[':
                    depth++;
                    break;
                case '}' or ')' or ']' when --depth == 0:
                    return at;
                case '"':
                    at = Read(source, source[at - 1] == '$' ? at - 1 : at).End;
                    break;
            }
        }
    }

    // Stored words that pages show as they are, in people's words.
    private static IEnumerable<string> Words() => new IEnumerable<string>[]
    {
        EnumNames<OrderState>.All, EnumNames<PaymentStatus>.All, EnumNames<FulfilmentStatus>.All, EnumNames<DeliveryState>.All, EnumNames<TestVerdict>.All, EnumNames<Role>.All,
    }.SelectMany(names => names).Select(name => name.Replace('_', ' ')).Concat(Enum.GetValues<Role>().Select(Roles.Words)).Concat(Enum.GetValues<Permission>().Select(Roles.Words)).Append(PasswordWords.Rule);

    private static string Parts(string text) => string.Join(' ', Part().Matches(text).Select(part => part.Value).Distinct().Order(StringComparer.Ordinal));

    private static Dictionary<string, string> Translations(string of = "Texts") =>
        XDocument.Parse(SourceTree.Read($"src/Crossdock.Console/Languages/{of}.es.resx")).Root!.Elements("data").ToDictionary(text => text.Attribute("name")!.Value, text => text.Element("value")!.Value, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<(string Name, string Text)> Sources() =>
        from file in SourceTree.Files("src/Crossdock.Console", "*.razor").Concat(SourceTree.Files("src/Crossdock.Console", "*.cs"))
        where !file.Contains("/Languages/", StringComparison.Ordinal)
        select (file, SourceTree.Read(file));

    // A word that only the stored data has (a hold's code, a state of a connector) stands somewhere as it is stored.
    private static bool IsStored(string text, string sources) =>
        sources.Contains($"\"{text}\"", StringComparison.Ordinal) || sources.Contains($"\"{text.Replace(' ', '_')}\"", StringComparison.Ordinal)
        || Regex.IsMatch(sources, $@"\b{string.Concat(text.Split(' ').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}\b", RegexOptions.None, TimeSpan.FromSeconds(5));

    [GeneratedRegex("""\bT\[(?=\$?")""")]
    private static partial Regex Begin();

    [GeneratedRegex("""Say\.Count\((?:[^"()]|\([^"()]*\))*, "([a-z ]+)"\)""")]
    private static partial Regex Counted();

    [GeneratedRegex("""<Badge Text="([^"@]+)" """)]
    private static partial Regex BadgeText();

    [GeneratedRegex("""\bPost\("[a-z/-]+",.*"([A-Z][^"]+)"\);""")]
    private static partial Regex Done();

    [GeneratedRegex(@"\{\d+\}")]
    private static partial Regex Part();
}
