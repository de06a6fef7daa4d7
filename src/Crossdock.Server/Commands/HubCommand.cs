using System.CommandLine;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary>The usual kinds of command about what a hub has: a list with filters, one thing by its id, and doing something to some of them.</summary>
internal static class HubCommand
{
    /// <summary>A filter of a list.</summary>
    internal sealed record Filter(string Name, string Parameter, string Description);

    /// <summary><c>list</c> with its filters.</summary>
    internal static Command List(string description, string path, IReadOnlyList<Filter> filters, string none, params Func<JsonElement, string>[] columns)
    {
        List<(Filter Filter, Option<string?> Option)> options = [.. filters.Select(filter => (filter, new Option<string?>(filter.Name) { Description = filter.Description }))];
        var limit = new Option<int?>("--limit") { Description = "How many at most, 1 to 500; default 50" };
        var cursor = new Option<string?>("--cursor") { Description = "Where the list before ended, as it said" };
        var command = new Command("list", description);
        options.ForEach(one => command.Add(one.Option));
        command.Add(limit);
        command.Add(cursor);
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            List<(string Name, string? Value)> given = [.. options.Select(one => (one.Filter.Parameter, parsed.GetValue(one.Option))), ("limit", parsed.GetValue(limit)?.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("cursor", parsed.GetValue(cursor))];
            return hub.SendAsync(parsed, HttpMethod.Get, path + Query(given), null, page => HubCalls.Table(page, none, columns), cancellationToken);
        });
        return command;
    }

    /// <summary>Something about one thing by its id.</summary>
    internal static Command One(string name, string description, Func<Guid, string> path, Func<JsonElement, string> words, HttpMethod? method = null)
    {
        var id = Id();
        var command = new Command(name, description) { id };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction((parsed, cancellationToken) => hub.SendAsync(parsed, method ?? HttpMethod.Get, path(parsed.GetValue(id)), null, words, cancellationToken));
        return command;
    }

    /// <summary>Something done to one thing after the other, each with the reason given; ends with the gravest exit code.</summary>
    internal static Command Each(string name, string description, string done, Func<Guid, string> path)
    {
        var ids = Ids();
        var because = Because();
        var command = new Command(name, description) { ids, because };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            int code = ExitCodes.Done;
            foreach (var id in parsed.GetValue(ids)!.Distinct())
            {
                code = Math.Max(code, await hub.SendAsync(parsed, HttpMethod.Post, path(id), new { because = parsed.GetValue(because) }, _ => $"{id}  {done}", cancellationToken));
            }

            return code;
        });
        return command;
    }

    /// <summary>Something done to many at once; answers for each.</summary>
    internal static Command Many(string name, string description, string path)
    {
        var ids = Ids();
        var because = Because();
        var command = new Command(name, description) { ids, because };
        var hub = HubCalls.Hub.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            bool isAll = true;
            int code = await hub.SendAsync(parsed, HttpMethod.Post, path, new { ids = parsed.GetValue(ids)!.Distinct(), because = parsed.GetValue(because) }, page =>
            {
                isAll = page.GetProperty("items").EnumerateArray().All(one => one.Text("answer") == "done");
                return HubCalls.Table(page, "", one => one.Text("id"), one => one.Text("answer").Replace('_', ' '), one => one.Text("because"));
            }, cancellationToken);
            return code == ExitCodes.Done && !isAll ? ExitCodes.Refused : code;
        });
        return command;
    }

    internal static Argument<Guid> Id() => new("id") { Description = "Its id, as list shows it" };

    internal static Option<string?> Because() => new("--because") { Description = "Why, for the timeline and the audit log" };

    private static Argument<Guid[]> Ids() => new("ids") { Description = "Their ids, as list shows them", Arity = ArgumentArity.OneOrMore };

    /// <summary>What was given, as the query of an address; empty where nothing was.</summary>
    internal static string Query(IEnumerable<(string Name, string? Value)> given)
    {
        string query = string.Join('&', given.Where(one => !string.IsNullOrEmpty(one.Value)).Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value!)}"));
        return query.Length == 0 ? "" : "?" + query;
    }
}
