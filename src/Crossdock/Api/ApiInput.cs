using System.Globalization;
using System.Text.Json;
using Crossdock.Database;
using Crossdock.Model.Orders;
using Microsoft.AspNetCore.Http;

namespace Crossdock.Api;

/// <summary>Reads what a caller gave as text and gathers everything that is wrong with it, so that one answer says it all.</summary>
internal sealed class ApiInput
{
    private readonly List<string> problems = [];

    /// <summary>The answer when something was wrong; null when all was well.</summary>
    public IResult? Problem => problems.Count == 0 ? null : Problems.BadRequest(string.Join(' ', problems));

    public PageRequest Page(string? cursor, string? limit)
    {
        int? take = null;
        if (!string.IsNullOrEmpty(limit))
        {
            if (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                problems.Add($"limit must be a whole number between 1 and {PageRequest.MaximumTake}.");
                return PageRequest.First;
            }

            take = number;
        }

        var page = PageRequest.Read(cursor, take, out string? problem);
        if (problem is not null)
        {
            problems.Add(problem);
        }

        return page ?? PageRequest.First;
    }

    public bool? Flag(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (bool.TryParse(text, out bool flag))
        {
            return flag;
        }

        problems.Add($"{name} must be true or false.");
        return null;
    }

    public DateTimeOffset? Time(string name, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        problems.Add($"{name} must be a time such as 2026-03-01T00:00:00Z.");
        return null;
    }

    public T? Name<T>(string name, string? text)
        where T : struct, Enum
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var value = EnumNames<T>.Parse(text);
        if (value is null)
        {
            problems.Add($"{name} must be one of {string.Join(", ", EnumNames<T>.All)}.");
        }

        return value;
    }

    public string? OneOf(string name, string? text, IReadOnlyList<string> allowed)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        if (!allowed.Contains(text, StringComparer.Ordinal))
        {
            problems.Add($"{name} must be one of {string.Join(", ", allowed)}.");
            return null;
        }

        return text;
    }

    public void Require(bool condition, string problem)
    {
        if (!condition)
        {
            problems.Add(problem);
        }
    }

    /// <summary>Text to search for; too long a one finds nothing but costs.</summary>
    public string? Text(string name, string? text)
    {
        Require(text is null || text.Length <= 200, $"{name} may have at most 200 characters.");
        return string.IsNullOrWhiteSpace(text) ? null : text;
    }

    /// <summary>Reads a JSON body; an empty one gives the given default.</summary>
    public async Task<T> BodyAsync<T>(HttpRequest request, T empty, CancellationToken cancellationToken)
    {
        if (request.ContentLength == 0 || (request.ContentLength is null && !request.HasJsonContentType()))
        {
            return empty;
        }

        if (!request.HasJsonContentType())
        {
            problems.Add("Send the body as JSON with the header Content-Type: application/json.");
            return empty;
        }

        try
        {
            var body = await request.ReadFromJsonAsync<T>(Web, cancellationToken) ?? empty;
            AuditedRequests.Note(request.HttpContext, body);
            return body;
        }
        catch (JsonException exception)
        {
            problems.Add($"The body is not the JSON that is expected here: see {exception.Path ?? "$"}, line {exception.LineNumber + 1}.");
            return empty;
        }
    }

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
}
