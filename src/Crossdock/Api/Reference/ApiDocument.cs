using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Crossdock.Api.Reference;

/// <summary>The description of the API (OpenAPI 3.1): what the framework knows of the addresses, and what programs need besides it: names of operations, words for parameters, headers, errors and examples.</summary>
internal sealed class ApiDocument(IServiceProvider services) : IDisposable
{
    /// <summary>Where an operation's permission stands.</summary>
    public const string Permission = "x-crossdock-permission";

    /// <summary>Where it stands that an operation knows ETags.</summary>
    public const string HasETag = "x-crossdock-etag";

    private const string Problem = "#/components/schemas/ProblemDetails";

    private static readonly Dictionary<int, (string Title, string Detail)> Errors = new()
    {
        [400] = ("The request cannot be understood", "limit must be a whole number between 1 and 500."),
        [401] = ("Who are you?", "Send a token in the header Authorization: Bearer TOKEN: one that an administrator made under Tokens."),
        [403] = ("Not allowed", "Nothing was changed. This needs the permission write (act on orders and deliveries). An administrator can give it to you."),
        [404] = ("Not found", "There is no order with this id. Look for it with GET /api/v1/orders?search=NUMBER."),
        [409] = ("It stands otherwise", "The order is cancelled; only an order that awaits approval can be approved."),
        [412] = ("Somebody changed it meanwhile", "Nothing was changed: it is not what you looked at any more. Read it again, and send your change with the ETag of that answer in If-Match."),
        [413] = ("The file is too large", "A file has at most 100 MB."),
        [422] = ("This key was used for another request", "Nothing was done: this Idempotency-Key came before with another method, address or body. Make a new key for every change."),
        [428] = ("Which version?", "Send the version that you read: its ETag as If-Match, or version in the body."),
        [429] = ("Too many requests", "Nothing was done. Wait as many seconds as Retry-After says."),
        [503] = ("The database does not answer", "Nothing was changed. Try again in a few seconds; /health/ready says when the hub is well."),
    };

    private readonly SemaphoreSlim gate = new(1, 1);
    private JsonObject? document;

    /// <summary>The document; made once.</summary>
    public async Task<JsonObject> GetAsync(CancellationToken cancellationToken)
    {
        if (document is { } made)
        {
            return made;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            return document ??= await MakeAsync(cancellationToken);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<JsonObject> MakeAsync(CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        var described = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync(cancellationToken);
        var root = JsonNode.Parse(await described.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1, cancellationToken))!.AsObject();
        root["servers"] = new JsonArray(new JsonObject { ["url"] = "/" });
        var components = root["components"]!.AsObject();
        ApiSchemas.Complete(components["schemas"]!.AsObject());
        components["securitySchemes"] = new JsonObject
        {
            ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "A token that an administrator made (Tokens, ./crossdock token create), or the administrator's own." },
        };
        var paths = new JsonObject();
        foreach (var (path, item) in root["paths"]!.AsObject().ToList())
        {
            string address = path.Length > 1 ? path.TrimEnd('/') : path;
            root["paths"]!.AsObject().Remove(path);
            var known = paths[address] as JsonObject ?? [];
            foreach (var (method, operation) in item!.AsObject().ToList())
            {
                item.AsObject().Remove(method);
                Complete(operation!.AsObject(), method.ToUpperInvariant(), address);
                known[method] = operation;
            }

            paths[address] = known;
        }

        root["paths"] = paths;
        return root;
    }

    private static void Complete(JsonObject operation, string method, string path)
    {
        string key = $"{method} {path}";
        bool isOfApi = path.StartsWith("/api/v1", StringComparison.Ordinal), isChange = method != "GET";
        var example = ApiExamples.All.GetValueOrDefault(key);
        var responses = operation["responses"]!.AsObject();
        operation["operationId"] = ApiNames.Of(method, path, isList: SchemaName(responses["200"])?.StartsWith("PageOf", StringComparison.Ordinal) == true);
        if (operation[Permission]?.GetValue<string>() is { } permission)
        {
            operation["description"] = $"Needs the permission {permission}.";
        }

        var parameters = operation["parameters"] as JsonArray ?? [];
        foreach (var parameter in parameters)
        {
            Describe(parameter!.AsObject(), key, example);
        }

        bool hasETag = operation[HasETag] is not null;
        operation.Remove(HasETag);
        if (isOfApi && isChange)
        {
            parameters.Add(Header("Idempotency-Key", "A text of your own, made anew for every change, for example a UUID: the same request with the same key is done once, and answered as the first time.", "0b9a7f0e-5d3c-4a51-9a30-3f3d6c2b1a10"));
        }

        if (hasETag)
        {
            parameters.Add(isChange ? Header("If-Match", "The ETag of what you looked at: 412 when somebody changed it since.", "\"v3\"") : Header("If-None-Match", "The ETag that you have: 304 while it is the same.", "\"v3\""));
        }

        if (parameters.Count > 0)
        {
            operation["parameters"] = parameters;
        }

        Body(operation, example);
        if (isOfApi)
        {
            operation["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() });
            Refuse(responses, path, isChange, hasETag, parameters.Count > 0 || operation["requestBody"] is not null);
        }

        Answer(responses, example, hasETag, isChange, path);
    }

    private static void Describe(JsonObject parameter, string key, JsonObject? example)
    {
        string name = parameter["name"]!.GetValue<string>(), place = parameter["in"]!.GetValue<string>();
        if (ApiWords.Of(key, name) is { } words)
        {
            parameter["description"] = words;
        }

        if (ApiWords.Names(key, name) is { } names && parameter["schema"] is JsonObject schema)
        {
            schema["enum"] = names;
        }

        if ((place == "path" ? example?["path"] : example?["query"])?[name] is { } value)
        {
            parameter["example"] = value.DeepClone();
        }
    }

    private static JsonObject Header(string name, string words, string example) =>
        new() { ["name"] = name, ["in"] = "header", ["description"] = words, ["schema"] = new JsonObject { ["type"] = "string" }, ["example"] = example };

    private static void Body(JsonObject operation, JsonObject? example)
    {
        if (operation["requestBody"]?["content"] is not JsonObject content || example is null)
        {
            return;
        }

        foreach (var (_, media) in content)
        {
            if ((example["body"] ?? example["text"]) is { } sent)
            {
                media!["example"] = sent.DeepClone();
            }
        }
    }

    private static void Refuse(JsonObject responses, string path, bool isChange, bool hasETag, bool takesSomething)
    {
        List<int> errors = [401, 403, 429, 503];
        if (takesSomething)
        {
            errors.Add(400);
        }

        if (path.Contains('{', StringComparison.Ordinal))
        {
            errors.Add(404);
        }

        if (isChange)
        {
            errors.AddRange([409, 422]);
        }

        if (isChange && hasETag)
        {
            errors.Add(412);
        }

        if (!takesSomething)
        {
            responses.Remove("400");
        }

        foreach (string known in responses.Select(response => response.Key).Where(status => status[0] is '4' or '5'))
        {
            errors.Add(int.Parse(known, CultureInfo.InvariantCulture));
        }

        foreach (int status in errors.Distinct().Order())
        {
            string code = status.ToString(CultureInfo.InvariantCulture);
            var (title, detail) = Errors.GetValueOrDefault(status, ("Refused", "Nothing was changed."));
            var response = new JsonObject
            {
                ["description"] = title,
                ["content"] = new JsonObject
                {
                    ["application/problem+json"] = new JsonObject
                    {
                        ["schema"] = new JsonObject { ["$ref"] = Problem },
                        ["example"] = new JsonObject { ["type"] = "about:blank", ["title"] = title, ["status"] = status, ["detail"] = detail },
                    },
                },
            };
            if (status is 429 or 503)
            {
                response["headers"] = new JsonObject { ["Retry-After"] = Told("Seconds to wait", "integer") };
            }

            responses.Remove(code);
            responses[code] = response;
        }
    }

    private static void Answer(JsonObject responses, JsonObject? example, bool hasETag, bool isChange, string path)
    {
        foreach (var (code, response) in responses.Where(one => one.Key[0] == '2'))
        {
            var headers = new JsonObject();
            if (path.StartsWith("/api/v1", StringComparison.Ordinal))
            {
                headers["RateLimit-Limit"] = Told("Requests a minute that this token may send to this node", "integer");
                headers["RateLimit-Remaining"] = Told("How many of them are left", "integer");
                headers["RateLimit-Reset"] = Told("Seconds until all are back", "integer");
            }

            if (hasETag)
            {
                headers["ETag"] = Told(isChange ? "Of what it is now" : "For If-None-Match and If-Match", "string");
            }

            if (code == "201")
            {
                headers["Location"] = Told("Address of what was made", "string");
            }

            if (headers.Count > 0)
            {
                response!["headers"] = headers;
            }

            if (response!["content"] is JsonObject content && (example?["answer"] ?? example?["answerText"]) is { } said)
            {
                foreach (var (_, media) in content)
                {
                    media!["example"] = said.DeepClone();
                }
            }
        }

        if (hasETag && !isChange)
        {
            responses["304"] = new JsonObject { ["description"] = "You have it already" };
        }
    }

    private static JsonObject Told(string words, string type) => new() { ["description"] = words, ["schema"] = new JsonObject { ["type"] = type } };

    private static string? SchemaName(JsonNode? response) => response?["content"]?["application/json"]?["schema"]?["$ref"]?.GetValue<string>()["#/components/schemas/".Length..];
}
