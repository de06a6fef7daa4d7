using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>privacy export|erase|show</c>: a person's data at a running hub.</summary>
internal static class PrivacyCommand
{
    internal static Command Create() => new("privacy", "A person's data: everything in one file, or taken out of everything.") { Export(), Erase(), Show() };

    private sealed record Who(Option<string?> Mail, Option<string?> Phone, Option<string[]> Orders, Option<string?> Connection, Option<string?> Because, Option<string> Url, Option<string?> Token)
    {
        internal static Who Asked() => new(new("--mail") { Description = "The person's mail address" }, new("--phone") { Description = "Telephone number; compared by its last nine digits" },
            new("--order") { Description = "Number or platform's id of an order; several by repeating it, with --connection", DefaultValueFactory = _ => [] }, new("--connection") { Description = "Key of the only store; left out: all" },
            new("--because") { Description = "Why; kept with the request" }, RemoteCommands.Url(), RemoteCommands.Token());

        internal object Body(ParseResult parsed) => new { mail = parsed.GetValue(Mail), phone = parsed.GetValue(Phone), orders = parsed.GetValue(Orders), connection = parsed.GetValue(Connection), because = parsed.GetValue(Because) };
    }

    private static Command Export()
    {
        var who = Who.Asked();
        var file = new Option<string>("--file", "-f") { Description = "Where the file goes", Required = true };
        var command = new Command("export", "Look for everything that is stored of a person and write it into one JSON file.") { who.Mail, who.Phone, who.Orders, who.Connection, who.Because, file, who.Url, who.Token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(who.Url)!, parsed.GetValue(who.Token), cancellationToken);
            if (await AskAsync(http, "exports", who.Body(parsed), cancellationToken) is not { } id)
            {
                return 1;
            }

            var found = await UntilAsync(http, id, state => state != "searching", cancellationToken);
            string target = parsed.GetValue(file)!;
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var to = new FileStream(target, options);
            await using var from = await http.GetStreamAsync($"/api/v1/privacy/requests/{id}/file", cancellationToken);
            await from.CopyToAsync(to, cancellationToken);
            Console.WriteLine($"{Line(found)}\nWritten to {target}. Hand it over, then delete it here.");
            return 0;
        });
        return command;
    }

    private static Command Erase()
    {
        var who = Who.Asked();
        var yes = new Option<bool>("--yes") { Description = "Erase what was found, for good; without it only tell what it would be" };
        var command = new Command("erase", "Look for what is stored of a person; with --yes take it out of everything. Orders that are not done yet are erased when they are.") { who.Mail, who.Phone, who.Orders, who.Connection, who.Because, yes, who.Url, who.Token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(who.Url)!, parsed.GetValue(who.Token), cancellationToken);
            if (await AskAsync(http, "erasures", who.Body(parsed), cancellationToken) is not { } id)
            {
                return 1;
            }

            var found = await UntilAsync(http, id, state => state != "searching", cancellationToken);
            Console.WriteLine(Line(found));
            if (!parsed.GetValue(yes))
            {
                using var withdrawn = await http.PostAsJsonAsync($"/api/v1/privacy/requests/{id}/withdraw", new { because = "looked only" }, cancellationToken);
                Console.WriteLine("Nothing was erased. Say --yes to do it.");
                return 0;
            }

            using var confirmed = await http.PostAsJsonAsync($"/api/v1/privacy/requests/{id}/confirm", new { because = parsed.GetValue(who.Because) }, cancellationToken);
            var done = await UntilAsync(http, id, state => state == "done", cancellationToken, row => row.GetProperty("state").GetString() == "working" && row.GetProperty("underWay").GetInt32() > 0 && row.GetProperty("ordersDone").GetInt32() + row.GetProperty("underWay").GetInt32() == row.GetProperty("orders").GetInt32());
            Console.WriteLine(Line(done));
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var id = new Argument<Guid>("id") { Description = "The request's id" };
        var command = new Command("show", "One request: how far it is, or the proof of what was erased.") { id, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var answer = await http.GetAsync($"/api/v1/privacy/requests/{parsed.GetValue(id)}", cancellationToken);
            Console.WriteLine(await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.IsSuccessStatusCode ? 0 : 1;
        });
        return command;
    }

    private static async Task<string?> AskAsync(HttpClient http, string what, object body, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/privacy/" + what, body, cancellationToken);
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return said.GetProperty("id").GetString();
        }

        await Console.Error.WriteLineAsync($"The hub answered {(int)answer.StatusCode}: {(said.TryGetProperty("detail", out var detail) ? detail.GetString() : said.ToString())}");
        return null;
    }

    private static async Task<JsonElement> UntilAsync(HttpClient http, string id, Func<string, bool> isOver, CancellationToken cancellationToken, Func<JsonElement, bool>? orSo = null)
    {
        while (true)
        {
            var row = await http.GetFromJsonAsync<JsonElement>($"/api/v1/privacy/requests/{id}", cancellationToken);
            if (isOver(row.GetProperty("state").GetString()!) || orSo?.Invoke(row) == true)
            {
                return row;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>For example <c>0190...  erasure  found: 3 orders, 1 of them not done yet</c>.</summary>
    internal static string Line(JsonElement row)
    {
        int orders = row.GetProperty("orders").GetInt32(), left = row.GetProperty("underWay").GetInt32();
        return string.Create(CultureInfo.InvariantCulture, $"{row.GetProperty("id").GetString()}  {row.GetProperty("kind").GetString()}  {row.GetProperty("state").GetString()}: {orders:N0} {(orders == 1 ? "order" : "orders")}{(left > 0 ? $", {left:N0} of them not done yet" : "")}");
    }
}
