using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using HandlebarsDotNet;
using NodaTime;

namespace Crossdock.Connectors.Http;

/// <summary>How a template's values are written.</summary>
internal enum Escaping
{
    /// <summary>As inside a JSON string.</summary>
    Json = 0,
    /// <summary>As inside an address or a form.</summary>
    Url = 1,
    /// <summary>As inside a header: without line breaks.</summary>
    Header = 2,
}

/// <summary>A template could not be filled for this order.</summary>
internal sealed class TemplateException(string message) : Exception(message);

/// <summary>A Handlebars template, compiled once. Safe for any number of threads; has no access to code, files or other templates.</summary>
internal sealed class Template
{
    private static readonly IHandlebars[] Engines = [Engine(Escaping.Json), Engine(Escaping.Url), Engine(Escaping.Header)];
    private readonly HandlebarsTemplate<TextWriter, object, object>? compiled;
    private readonly string text;

    private Template(string text, HandlebarsTemplate<TextWriter, object, object>? compiled) => (this.text, this.compiled) = (text, compiled);

    /// <summary>True when it is the same for every order.</summary>
    internal bool IsConstant => compiled is null;

    /// <summary>Compiles. Throws <see cref="TemplateException"/> with what is wrong.</summary>
    internal static Template Compile(string text, Escaping escaping)
    {
        if (!text.Contains("{{", StringComparison.Ordinal))
        {
            return new Template(text, null);
        }

        if (text.Contains("{{{", StringComparison.Ordinal) || text.Contains("{{&", StringComparison.Ordinal))
        {
            // What a buyer wrote would then be taken for a part of the document.
            throw new TemplateException("values are always escaped: write {{name}} or {{json name}} instead of {{{name}}}, and put a blank between a brace of JSON and {{");
        }

        try
        {
            using var reader = new StringReader(text);
            return new Template(text, Engines[(int)escaping].Compile(reader));
        }
        catch (Exception error) when (error is HandlebarsException or ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException or NullReferenceException)
        {
            throw new TemplateException(text.Contains("}}}", StringComparison.Ordinal)
                ? "the template cannot be compiled: put a blank between }} and a closing brace of JSON"
                : $"the template cannot be compiled: {error.Message}");
        }
    }

    /// <summary>Fills it. Throws <see cref="TemplateException"/> when it cannot be filled.</summary>
    internal string Fill(Dictionary<string, object?>? model)
    {
        if (compiled is null)
        {
            return text;
        }

        try
        {
            using var writer = new StringWriter(new StringBuilder(text.Length + 256), CultureInfo.InvariantCulture);
            compiled(writer, model!, null!);
            return writer.ToString();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new TemplateException($"the template cannot be filled: {(error.InnerException ?? error).Message}");
        }
    }

    private static IHandlebars Engine(Escaping escaping)
    {
        var engine = Handlebars.Create(new HandlebarsConfiguration
        {
            TextEncoder = new ValueEncoder(escaping),
            FormatProvider = CultureInfo.InvariantCulture,
            FileSystem = null,
        });
        engine.RegisterHelper("money", (EncodedTextWriter output, Context _, Arguments arguments) =>
            output.Write(arguments[0] is Dictionary<string, object?> money ? Text(money.GetValueOrDefault("amount")) : Text(arguments[0])));
        engine.RegisterHelper("date", (EncodedTextWriter output, Context _, Arguments arguments) => output.Write(Date(arguments)));
        engine.RegisterHelper("length", (EncodedTextWriter output, Context _, Arguments arguments) => output.Write(arguments[0] switch
        {
            object?[] list => Text((decimal)list.Length),
            string value => Text((decimal)value.Length),
            _ => "0",
        }));
        engine.RegisterHelper("json", (EncodedTextWriter output, Context _, Arguments arguments) =>
        {
            string json = TemplateModel.ToJson(arguments[0]);
            if (escaping == Escaping.Json)
            {
                output.WriteSafeString(json);
            }
            else
            {
                output.Write(json);
            }
        });
        return engine;
    }

    private static string Date(Arguments arguments)
    {
        if (arguments[0] is not string { Length: > 0 } value || !DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
        {
            return "";
        }

        string format = arguments.Length > 1 && arguments[1] is string given ? given : "yyyy-MM-ddTHH:mm:ssK";
        if (arguments.Length > 2 && arguments[2] is string zone)
        {
            var place = DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) ?? throw new FormatException($"'{zone}' is not a time zone; use a name such as America/Santiago");
            return Instant.FromDateTimeOffset(at).InZone(place).ToDateTimeOffset().ToString(format, CultureInfo.InvariantCulture);
        }

        return format switch
        {
            "unixSeconds" => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
            "unixMillis" => at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            _ => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture),
        };
    }

    private static string Text(object? value) => value switch
    {
        null => "",
        string text => text,
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => "",
    };

    private sealed class ValueEncoder(Escaping escaping) : ITextEncoder
    {
        private static readonly SearchValues<char> Breaks = SearchValues.Create("\r\n\0");

        public IFormatProvider? FormatProvider { get; set; } = CultureInfo.InvariantCulture;

        public void Encode(StringBuilder? text, TextWriter target) => Encode(text?.ToString(), target);

        public void Encode(string? text, TextWriter target)
        {
            if (string.IsNullOrEmpty(text))
            {
                return;
            }

            if (escaping == Escaping.Url && text is "." or "..")
            {
                throw new FormatException($"'{text}' cannot stand in an address: it would lead to another one");
            }

            target.Write(escaping switch
            {
                Escaping.Json => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value,
                Escaping.Url => Uri.EscapeDataString(text),
                Escaping.Header => text.AsSpan().ContainsAny(Breaks) ? text.ReplaceLineEndings(" ").Replace('\0', ' ') : text,
            });
        }

        public void Encode<T>(T? text, TextWriter target) where T : IEnumerator<char>
        {
            var buffer = new StringBuilder();
            while (text is not null && text.MoveNext())
            {
                buffer.Append(text.Current);
            }

            Encode(buffer.ToString(), target);
        }
    }
}
