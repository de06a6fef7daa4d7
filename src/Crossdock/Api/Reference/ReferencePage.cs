using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crossdock.Api.Reference;

/// <summary>The description of the API as a page: every operation with its parameters, an example to copy, its answer and its errors. Made on the server; a small script searches in it.</summary>
internal static class ReferencePage
{
    private const int Deepest = 3;

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The page.</summary>
    public static string Write(JsonObject document)
    {
        var schemas = document["components"]!["schemas"]!.AsObject();
        List<(string Tag, string Method, string Path, JsonObject Operation)> operations = [.. from path in document["paths"]!.AsObject()
                                                                                             from one in path.Value!.AsObject()
                                                                                             let operation = one.Value!.AsObject()
                                                                                             let tag = (operation["tags"] as JsonArray)?.FirstOrDefault()?.GetValue<string>() ?? "Other"
                                                                                             select (tag, one.Key.ToUpperInvariant(), path.Key, operation)];
        var page = new StringBuilder("""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Crossdock API</title>
            <link rel="stylesheet" href="/docs/api.css"><script src="/docs/api.js" defer></script></head><body>
            <a class="skip" href="#operations">Skip to the operations</a>
            <header><h1>Crossdock API</h1><p>Everything that the console can do, under <code>/api/v1</code>. For programs: <a href="/openapi/v1.json">openapi/v1.json</a>.</p>
            <p class="search"><label for="search">Search</label> <input id="search" type="search" placeholder="orders, retry, 412 …" autocomplete="off"><output id="found" for="search"></output></p></header>
            <nav aria-label="Operations"><details id="contents" open><summary>Operations</summary>
            """);
        foreach (var tag in operations.GroupBy(one => one.Tag))
        {
            page.Append("<h2>").Append(Text(tag.Key)).Append("</h2><ul>");
            foreach (var (_, method, path, operation) in tag)
            {
                page.Append(CultureInfo.InvariantCulture, $"<li data-for=\"{Text(Id(operation))}\"><a href=\"#{Text(Id(operation))}\">{Badge(method)} {Text(Short(path))}</a></li>");
            }

            page.Append("</ul>");
        }

        page.Append("</details></nav><main id=\"operations\">").Append(Beginning);
        foreach (var tag in operations.GroupBy(one => one.Tag))
        {
            page.Append("<section class=\"tag\"><h2>").Append(Text(tag.Key)).Append("</h2>");
            foreach (var (_, method, path, operation) in tag)
            {
                Operation(page, method, path, operation, schemas);
            }

            page.Append("</section>");
        }

        return page.Append("</main></body></html>").ToString();
    }

    private const string Beginning = """
        <section class="start"><h2>How it works</h2>
        <p><b>Sign in</b> with <code>Authorization: Bearer TOKEN</code>; an administrator makes tokens under <i>Tokens</i> or with <code>./crossdock token create</code>. The examples here take token and address from the shell:</p>
        <pre><code>export TOKEN=cdt_… HUB=http://localhost:8080</code></pre>
        <p><b>Lists</b> answer <code>{ "items": […], "next": "…" }</code>; pass <code>next</code> unchanged as <code>cursor</code> for the following page, until it is null.</p>
        <p><b>Errors</b> are problem details (RFC 9457): <code>detail</code> says what to do.</p>
        <p><b>Repeats.</b> Send <code>Idempotency-Key</code> with what changes something: the same request with the same key is done once, and answered as the first time.</p>
        <p><b>Edits.</b> Send the <code>ETag</code> of what you read as <code>If-Match</code>: 412 when somebody changed it since.</p>
        <p><b>Limits.</b> Every answer tells <code>RateLimit-Remaining</code>; above the limit is answered 429 with <code>Retry-After</code>.</p></section>
        """;

    private static void Operation(StringBuilder page, string method, string path, JsonObject operation, JsonObject schemas)
    {
        page.Append(CultureInfo.InvariantCulture, $"<article id=\"{Text(Id(operation))}\"><h3>{Badge(method)} <code>{Breakable(path)}</code> <a class=\"here\" href=\"#{Text(Id(operation))}\" aria-label=\"Link to {Text(Id(operation))}\">#</a></h3><p>{Text(operation["summary"])}.");
        page.Append(operation["description"] is { } needs ? $" <span class=\"needs\">{Text(needs)}</span>" : "").Append(CultureInfo.InvariantCulture, $" <span class=\"id\">{Text(Id(operation))}</span></p>");
        if (operation["parameters"] is JsonArray { Count: > 0 } parameters)
        {
            page.Append("<h4>Parameters</h4><dl>");
            foreach (var parameter in parameters)
            {
                page.Append(CultureInfo.InvariantCulture, $"<dt><code>{Text(parameter!["name"])}</code> <small>{Text(parameter["in"])}{(parameter["required"]?.GetValue<bool>() == true ? ", required" : "")}</small></dt><dd>{Text(parameter["description"])}{Choices(parameter["schema"])}</dd>");
            }

            page.Append("</dl>");
        }

        if (operation["requestBody"]?["content"] is JsonObject sent)
        {
            var (type, media) = sent.First();
            page.Append(CultureInfo.InvariantCulture, $"<h4>Body <small>{Text(type)}</small></h4>");
            Properties(page, media!["schema"], schemas, 1);
        }

        page.Append("<h4>Example</h4><pre><code>").Append(Text(Curl(method, path, operation))).Append("</code></pre>");
        foreach (var (code, answer) in operation["responses"]!.AsObject().Where(one => one.Key[0] is '2' or '3'))
        {
            var (type, media) = answer!["content"] is JsonObject content ? content.First() : default;
            page.Append(CultureInfo.InvariantCulture, $"<h4>Answer {Text(code)} <small>{Text(type ?? Text(answer["description"]))}</small></h4>");
            if (media?["schema"] is { } schema)
            {
                page.Append("<details><summary>Fields</summary>");
                Properties(page, schema, schemas, 1);
                page.Append("</details>");
            }

            if (media?["example"] is { } example)
            {
                page.Append("<pre><code>").Append(Text(example is JsonValue value && value.TryGetValue(out string? text) ? text : example.ToJsonString(Readable))).Append("</code></pre>");
            }
        }

        page.Append("<h4>Errors</h4><ul class=\"errors\">");
        foreach (var (code, answer) in operation["responses"]!.AsObject().Where(one => one.Key[0] is '4' or '5'))
        {
            page.Append(CultureInfo.InvariantCulture, $"<li><b>{Text(code)}</b> {Text(answer!["description"])}</li>");
        }

        page.Append("</ul></article>");
    }

    private static void Properties(StringBuilder page, JsonNode? schema, JsonObject schemas, int depth)
    {
        schema = Resolved(schema, schemas);
        if (schema?["items"] is { } items)
        {
            schema = Resolved(items, schemas);
        }

        if (schema?["properties"] is not JsonObject properties)
        {
            return;
        }

        page.Append("<dl class=\"fields\">");
        foreach (var (name, property) in properties)
        {
            var one = Resolved(property, schemas);
            page.Append(CultureInfo.InvariantCulture, $"<dt><code>{Text(name)}</code> <small>{Text(TypeOf(one))}</small></dt><dd>{Text(property?["description"] ?? one?["description"])}{Choices(one)}");
            if (depth < Deepest)
            {
                Properties(page, one, schemas, depth + 1);
            }

            page.Append("</dd>");
        }

        page.Append("</dl>");
    }

    private static JsonNode? Resolved(JsonNode? schema, JsonObject schemas)
    {
        // Something or null is told as the something.
        if ((schema?["oneOf"] ?? schema?["anyOf"]) is JsonArray choices)
        {
            schema = choices.FirstOrDefault(one => one?["$ref"] is not null) ?? schema;
        }

        return schema?["$ref"]?.GetValue<string>() is { } reference ? schemas[reference["#/components/schemas/".Length..]] : schema;
    }

    private static string TypeOf(JsonNode? schema) => schema?["type"] switch
    {
        JsonArray some => string.Join(" or ", some.Select(one => one!.GetValue<string>())),
        { } one => one.GetValue<string>() + (schema?["format"] is { } format ? $" ({format})" : ""),
        null => "any",
    };

    private static string Choices(JsonNode? schema) => schema?["enum"] is JsonArray names ? " One of " + string.Join(", ", names.Select(name => $"<code>{Text(name?.ToString() ?? "null")}</code>")) + "." : "";

    private static string Curl(string method, string path, JsonObject operation)
    {
        string address = path, query = "";
        foreach (var parameter in operation["parameters"] as JsonArray ?? [])
        {
            string name = parameter!["name"]!.GetValue<string>();
            if (parameter["example"] is not { } value)
            {
                continue;
            }

            string text = Uri.EscapeDataString(value.ToString());
            if (parameter["in"]!.GetValue<string>() == "path")
            {
                address = address.Replace("{" + name + "}", text, StringComparison.Ordinal);
            }
            else if (parameter["in"]!.GetValue<string>() == "query")
            {
                query += (query.Length == 0 ? "?" : "&") + $"{name}={text}";
            }
        }

        var curl = new StringBuilder("curl ").Append(method is "GET" ? "" : $"-X {method} ").Append("-H \"Authorization: Bearer $TOKEN\" ").Append(method is "GET" ? "" : "-H \"Idempotency-Key: $(uuidgen)\" ").Append(CultureInfo.InvariantCulture, $"\\\n  \"$HUB{address}{query}\"");
        if (operation["requestBody"]?["content"] is JsonObject content)
        {
            var (type, media) = content.First();
            string? text = media?["example"] switch
            {
                null => null,
                JsonValue value when value.TryGetValue(out string? plain) => plain,
                var other => other.ToJsonString(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }),
            };
            curl.Append(text is null ? "" : type == "application/json" ? $" \\\n  --json '{text.Replace("'", "'\\''", StringComparison.Ordinal)}'" : $" \\\n  -H \"Content-Type: {(type == "*/*" ? "text/csv" : type)}\" --data-binary '{text.Replace("'", "'\\''", StringComparison.Ordinal)}'");
        }

        return curl.ToString();
    }

    private static string Id(JsonObject operation) => operation["operationId"]!.GetValue<string>();

    private static string Short(string path) => path.StartsWith("/api/v1", StringComparison.Ordinal) ? path["/api/v1".Length..] : path;

    private static string Badge(string method) => $"<b class=\"method {method.ToLowerInvariant()}\">{method}</b>";

    // Long addresses may break at every slash on a phone.
    private static string Breakable(string path) => Text(path).Replace("/", "/<wbr>", StringComparison.Ordinal);

    private static string Text(JsonNode? node) => node is null ? "" : Text(node.ToString());

    private static string Text(string? text) => WebUtility.HtmlEncode(text ?? "");
}
