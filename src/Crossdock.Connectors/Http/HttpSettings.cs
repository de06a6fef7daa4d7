using System.Globalization;
using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Http;

/// <summary>A generic destination's settings, understood and compiled.</summary>
internal sealed record HttpSettings(HttpCall Create, HttpCall? Update, HttpCall? Cancel, HttpLookUp? Find, HttpAuthentication Authentication, DestinationLimits Limits, Masks Masks, HttpNews? News)
{
    internal static HttpSettings? Read(ConnectionSettings connection, List<SettingProblem> problems)
    {
        var root = new SettingsReader(connection.Settings, "settings", problems);
        var create = root.Group("create");
        if (create is null && !root.Has("create"))
        {
            root.Problem("create", "is missing: say how an order is handed over, for example { method: POST, url: https://courier.example/api/shipments }");
        }

        var authentication = HttpAuthentication.Read(root, connection);
        var status = root.Group("status");
        var usual = HttpTracking.Usual(status);
        var settings = (create: HttpCall.Read(create, "POST", connection, usual), update: HttpCall.Read(root.Group("update"), "PUT", connection, usual), cancel: HttpCall.Read(root.Group("cancel"), "DELETE", connection, usual));
        var find = HttpLookUp.Read(root.Group("find"), connection, usual);
        var news = HttpNews.Read(status, usual, connection, problems);
        status?.Close();
        var limits = ReadLimits(root.Group("limits"));
        root.Close();
        return settings.create is null || problems.Count > 0
            ? null
            : new HttpSettings(settings.create, settings.update, settings.cancel, find, authentication, limits, new Masks(authentication.Secrets.Concat(connection.Secrets.Values)
                // A header's secret may have its scheme in front: "Bearer x" is a secret, and so is x.
                .Concat(connection.Secrets.Values.Select(value => value[(value.LastIndexOf(' ') + 1)..]))), news);
    }

    private static DestinationLimits ReadLimits(SettingsReader? reader)
    {
        var usual = new DestinationLimits();
        if (reader is null)
        {
            return usual;
        }

        var limits = new DestinationLimits
        {
            Concurrency = reader.Whole("concurrency", usual.Concurrency, 1, 256),
            PerSecond = reader.Number("perSecond", 0.01, 100_000),
            Attempts = reader.Whole("attempts", usual.Attempts, 1, 100),
            TimeoutSeconds = reader.Whole("timeoutSeconds", usual.TimeoutSeconds, 1, 120),
            BreakerFailures = reader.Whole("breakerFailures", usual.BreakerFailures, 1, 1000),
            BreakerSeconds = reader.Whole("breakerSeconds", usual.BreakerSeconds, 1, 3600),
            BackoffSeconds = reader.Whole("backoffSeconds", usual.BackoffSeconds, 1, 3600),
            BackoffMaximumSeconds = reader.Whole("backoffMaximumSeconds", usual.BackoffMaximumSeconds, 1, 86_400),
        };
        reader.Close();
        return limits;
    }
}

/// <summary>One call, compiled: method, address, headers, body, and how its answer is read.</summary>
internal sealed record HttpCall(HttpMethod Method, Template Url, Uri? ConstantUrl, IReadOnlyList<KeyValuePair<string, Template>> Headers, Template? Body, bool IsForm, JsonPointer? RemoteId, HttpTracking Tracking, SuccessRule Success)
{
    /// <summary>False when the same call fits every order, apart from the document.</summary>
    internal bool NeedsModel { get; } = !Url.IsConstant || Body is { IsConstant: false } || Headers.Any(header => !header.Value.IsConstant);

    internal string ContentType { get; } = IsForm ? "application/x-www-form-urlencoded" : "application/json; charset=utf-8";

    internal bool HasBody { get; } = Method != HttpMethod.Get && Method != HttpMethod.Head && (Method != HttpMethod.Delete || Body is not null);

    internal static HttpCall? Read(SettingsReader? reader, string usualMethod, ConnectionSettings connection, HttpTracking usual)
    {
        if (reader is null)
        {
            return null;
        }

        string method = reader.Choice("method", usualMethod, "POST", "PUT", "PATCH", "DELETE", "GET");
        bool isForm = reader.Choice("contentType", "json", "json", "form") == "form";
        var (url, constant) = ReadUrl(reader, connection);
        var headers = ReadHeaders(reader, connection);
        var body = CompileAt(reader, "body", reader.Text("body"), isForm ? Escaping.Url : Escaping.Json);
        if (isForm && body is null)
        {
            reader.Problem("body", "is missing: a form needs a template such as reference={{number}}&name={{shipTo.name}}");
        }

        var remoteId = reader.Pointer("remoteId");
        var tracking = HttpTracking.Read(reader.Group("tracking"), usual);
        var success = SuccessRule.Read(reader.Group("success"));
        reader.Close();
        return url is null ? null : new HttpCall(HttpMethod.Parse(method), url, constant, headers, body, isForm, remoteId, tracking, success);
    }

    internal static (Template? Url, Uri? Constant) ReadUrl(SettingsReader reader, ConnectionSettings connection)
    {
        // "true" says that it stands among the secrets, where there is one; otherwise it is meant.
        string? text = reader.Text("url", isRequired: true) is { } written
            ? SecretQuery.Replace(written, (name, value) => value == "true" ? connection.Secret($"{reader.Path["settings.".Length..]}.url.{name}") : null)
            : null;
        var url = CompileAt(reader, "url", text, Escaping.Url);
        if (url is null)
        {
            return default;
        }

        // A template's host must stand in front of its first value: an order's content must not choose where it is sent.
        int first = text!.IndexOf("{{", StringComparison.Ordinal);
        string front = first < 0 ? text : text[..first];
        if (!Uri.TryCreate(front, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || (first >= 0 && front.IndexOf('/', uri.Scheme.Length + 3) < 0))
        {
            reader.Problem("url", "must be an absolute http or https address whose host is fixed, for example https://courier.example/api/shipments/{{remoteId}}");
            return default;
        }

        if (uri.UserInfo.Length > 0)
        {
            reader.Problem("url", "must not contain a user name or password; use settings.auth.basic");
            return default;
        }

        return (url, first < 0 ? uri : null);
    }

    internal static IReadOnlyList<KeyValuePair<string, Template>> ReadHeaders(SettingsReader reader, ConnectionSettings connection)
    {
        List<KeyValuePair<string, Template>> headers = [];
        foreach (var (name, written) in reader.Table("headers"))
        {
            string value = written;
            if (SecretHeaders.Contains(name) && value == "true")
            {
                // "true" says that it stands among the secrets, as in auth.
                string secret = $"{reader.Path["settings.".Length..]}.headers.{name}";
                value = connection.Secret(secret) ?? "";
                if (value.Length == 0)
                {
                    reader.Problem($"headers.{name}", $"is missing; set it here from the environment or as secrets.{secret}");
                    continue;
                }
            }

            bool isToken = name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));
            if (!isToken || value.AsSpan().ContainsAny("\r\n"))
            {
                reader.Problem($"headers.{name}", "is not a header; a name has letters, digits and hyphens only, a value one line");
            }
            else if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            {
                reader.Problem($"headers.{name}", "cannot be set here; for the content type use contentType: json or form");
            }
            else if (CompileAt(reader, $"headers.{name}", value, Escaping.Header) is { } template)
            {
                headers.Add(new(name, template));
            }
        }

        return headers;
    }

    /// <summary>Compiles and tries the template on a sample order, so that a wrong helper or date format is known when the settings are applied.</summary>
    private static Template? CompileAt(SettingsReader reader, string name, string? text, Escaping escaping)
    {
        if (text is null)
        {
            return null;
        }

        try
        {
            var template = Template.Compile(text, escaping);
            template.Fill(SampleOrder.Model());
            return template;
        }
        catch (TemplateException error)
        {
            reader.Problem(name, error.Message);
            return null;
        }
    }
}

/// <summary>How it is asked whether it has an order.</summary>
internal sealed record HttpLookUp(HttpCall Call, JsonPointer? RemoteId, int NotFoundStatus)
{
    internal static HttpLookUp? Read(SettingsReader? reader, ConnectionSettings connection, HttpTracking usual)
    {
        if (reader is null)
        {
            return null;
        }

        string method = reader.Choice("method", "GET", "GET", "POST");
        var (url, constant) = HttpCall.ReadUrl(reader, connection);
        var headers = HttpCall.ReadHeaders(reader, connection);
        var remoteId = reader.Pointer("remoteId");
        int notFound = reader.Whole("notFoundStatus", 404, 200, 499);
        var tracking = HttpTracking.Read(reader.Group("tracking"), usual);
        reader.Close();
        return url is null ? null : new HttpLookUp(new HttpCall(HttpMethod.Parse(method), url, constant, headers, null, false, null, tracking, SuccessRule.Usual), remoteId, notFound);
    }
}

/// <summary>When an answer means yes.</summary>
internal sealed record SuccessRule(IReadOnlyList<(int From, int To)> Statuses, JsonPointer? Pointer, string? Expected)
{
    internal static SuccessRule Usual { get; } = new([(200, 299)], null, null);

    internal static SuccessRule Read(SettingsReader? reader)
    {
        if (reader is null)
        {
            return Usual;
        }

        List<(int, int)> statuses = [];
        foreach (string text in reader.List("status"))
        {
            string[] ends = text.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length is 1 or 2 && ends.All(end => int.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 200 and <= 599))
            {
                statuses.Add((int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture)));
            }
            else
            {
                reader.Problem("status", $"'{text}' is not a status or a range such as 200-299");
            }
        }

        var pointer = reader.Pointer("pointer");
        string? expected = reader.Text("equals");
        if (expected is not null && pointer is null)
        {
            reader.Problem("equals", "needs a pointer that says where to look");
        }

        reader.Close();
        return new SuccessRule(statuses.Count == 0 ? Usual.Statuses : statuses, pointer, expected);
    }

    internal bool IsStatus(int status)
    {
        foreach (var (from, to) in Statuses)
        {
            if (status >= from && status <= to)
            {
                return true;
            }
        }

        return false;
    }

    internal bool Holds(JsonElement answer) => Pointer is null
        || (Pointer.TryFind(answer, out var found)
            && (Expected is null ? found.ValueKind is not (JsonValueKind.Null or JsonValueKind.False) : string.Equals(JsonPointer.Scalar(found), Expected, StringComparison.Ordinal)));
}
