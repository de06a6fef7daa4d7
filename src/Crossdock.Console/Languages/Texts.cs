using System.Globalization;
using System.Resources;
using System.Runtime.CompilerServices;
using System.Text;

namespace Crossdock.WebConsole.Languages;

/// <summary>The console's texts. Their English wording is their key; other languages stand in <c>Texts.*.resx</c>, and what one of them lacks is shown in English.</summary>
public sealed class Texts
{
    private static readonly ResourceManager Resources = new("Crossdock.WebConsole.Languages.Texts", typeof(Texts).Assembly) { IgnoreCase = true };

    /// <summary>A text without parts: <c>T["Orders"]</c>.</summary>
    public string this[string english] => english.Length == 0 ? english : Resources.GetString(english, CultureInfo.CurrentUICulture) is { } text ? Begun(text, english[0]) : english;

    // Names of resources differ by more than upper and lower case: a text begins as its key begins.
    private static string Begun(string text, char key) =>
        char.IsUpper(key) && char.IsLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..]
        : char.IsLower(key) && char.IsUpper(text[0]) ? char.ToLowerInvariant(text[0]) + text[1..]
        : text;

    /// <summary>A text with parts: <c>T[$"{name} has it"]</c>. Its key is <c>{0} has it</c>.</summary>
    public string this[PartedText text] => text.Write(this);
}

/// <summary>An interpolated text before it is put into a language.</summary>
[InterpolatedStringHandler]
public readonly struct PartedText(int literalLength, int formattedCount)
{
    private readonly StringBuilder key = new(literalLength + (formattedCount * 3));
    private readonly List<string> parts = new(formattedCount);

    public void AppendLiteral(string text) => key.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted<TPart>(TPart part) => Append(part is IFormattable one ? one.ToString(null, Language.Formats) : part?.ToString());

    public void AppendFormatted<TPart>(TPart part, string? format) => Append(part is IFormattable one ? one.ToString(format, Language.Formats) : part?.ToString());

    internal string Write(Texts texts) => string.Format(CultureInfo.InvariantCulture, texts[key.ToString()], [.. parts]);

    private void Append(string? part)
    {
        key.Append('{').Append(parts.Count.ToString(CultureInfo.InvariantCulture)).Append('}');
        parts.Add(part ?? "");
    }
}
