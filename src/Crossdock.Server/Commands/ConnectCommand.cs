using System.CommandLine;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Model.Connectors;

namespace Crossdock.Server.Commands;

/// <summary><c>connect PLATFORM</c>: fills in a platform's form, by options or by questions, puts the connection in force in a running hub, tests it and waits for the first order.</summary>
internal static class ConnectCommand
{
    internal static Command Create()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var platform = new Argument<string?>("platform") { Description = "The platform, for example shopify; without it they are listed", Arity = ArgumentArity.ZeroOrOne };
        var key = new Option<string?>("--key") { Description = "Short and lasting: lower-case letters, digits and hyphens; it stands in the address that the platform calls" };
        var name = new Option<string?>("--name") { Description = "What people call it" };
        var set = new Option<string[]>("--set") { Description = "A setting, as shop=acme.myshopify.com or create.url=https://...; may be given several times", DefaultValueFactory = _ => [] };
        var secret = new Option<string[]>("--secret") { Description = "A secret, as webhookSecret=...; without =... it is asked for unseen. May be given several times", DefaultValueFactory = _ => [] };
        var destination = new Option<string[]>("--destination") { Description = "Key of a destination of its orders; may be given several times", DefaultValueFactory = _ => [] };
        var zone = new Option<string?>("--time-zone") { Description = "Time zone of the store's days, such as America/Santiago; left out, the one that most shops of the platform keep, or the installation's" };
        var isManual = new Option<bool>("--approve") { Description = "A person approves every order" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the first order has arrived" };
        var help = new Option<bool>("--form") { Description = "Only show the platform's form: what is needed, and where to find it" };
        var command = new Command("connect", "Connect a shop or destination: fill in its form, test it, see the first order arrive.") { platform, key, name, set, secret, destination, zone, isManual, wait, help, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var connector = BuiltInConnectors.All.FirstOrDefault(one => one.Manifest.Platform == parsed.GetValue(platform));
            if (connector is null)
            {
                Console.WriteLine(parsed.GetValue(platform) is null ? "Platforms:" : $"There is no platform \"{parsed.GetValue(platform)}\". Possible:");
                foreach (var one in BuiltInConnectors.All) Console.WriteLine($"  {one.Manifest.Platform,-12} {one.Manifest.Summary}");
                return parsed.GetValue(platform) is null ? 0 : 1;
            }

            if (parsed.GetValue(help))
            {
                Console.WriteLine(Form(connector.Manifest));
                return 0;
            }

            var settings = new JsonObject();
            List<SettingProblem> problems = [];
            var texts = Pairs(parsed.GetValue(set)!, problems);
            var secrets = Pairs(parsed.GetValue(secret)!, problems, asksFor: text => Ask(connector.Manifest.Secrets.FirstOrDefault(field => field.Name == text)?.Label ?? text, isSecret: true));
            string chosen = parsed.GetValue(key) ?? Ask("Key, such as acme", isSecret: false);
            foreach (var field in connector.Manifest.Settings.Where(field => field.IsRequired && field.Type is not SettingType.Group && !texts.ContainsKey(field.Name))) texts[field.Name] = Ask($"{field.Label}. {field.Help}\n{field.Name}", isSecret: false);
            foreach (var field in connector.Manifest.Secrets.Where(field => field.IsRequired && !secrets.ContainsKey(field.Name))) secrets[field.Name] = Ask($"{field.Label}. {field.Help}\n{field.Name}", isSecret: true);
            SettingText.Read(connector.Manifest.Settings, settings, path => texts.Remove(path, out string? text) ? text : null, problems);
            problems.AddRange(texts.Keys.Select(path => new SettingProblem($"settings.{path}", $"{connector.Manifest.Title} has no such setting; see ./crossdock connect {connector.Manifest.Platform} --form.")));
            if (problems.Count > 0) throw new HubException(string.Join(Environment.NewLine, problems.Select(problem => $"{problem.Path}: {problem.Problem}")));

            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            var draft = new ConnectionDraft
            {
                Key = chosen,
                Name = parsed.GetValue(name),
                Platform = connector.Manifest.Platform,
                Approval = parsed.GetValue(isManual) ? "manual" : null,
                TimeZone = parsed.GetValue(zone) ?? connector.Manifest.TimeZone,
                Destinations = parsed.GetValue(destination),
                Settings = settings,
                Secrets = secrets,
            };
            using var made = await http.PostAsJsonAsync("api/v1/connections", draft, cancellationToken);
            if (await RefusedAsync(made, cancellationToken)) return 1;
            Console.WriteLine($"{chosen} is connected.");
            if (connector is IWebhookSource) Console.WriteLine($"Address for its webhooks: {parsed.GetValue(url)!.TrimEnd('/')}/in/{chosen} (from outside: the hub's public address)");
            bool isGood = await TestAsync(http, chosen, cancellationToken);
            if (parsed.GetValue(wait)) Console.WriteLine(await FirstOrderAsync(http, chosen, cancellationToken));
            return isGood ? 0 : 1;
        });
        return command;
    }

    /// <summary>A platform's form as text: each field's name, whether it is needed, its default, and where to find the value.</summary>
    internal static string Form(ConnectorManifest manifest)
    {
        List<string> lines = [$"{manifest.Title}: {manifest.Summary}"];
        Fields("--set", "", manifest.Settings);
        Fields("--secret", "", manifest.Secrets);
        return string.Join(Environment.NewLine, lines);

        void Fields(string option, string at, IReadOnlyList<SettingField> fields)
        {
            foreach (var field in fields)
            {
                string more = string.Join(", ", new[] { field.IsRequired ? "needed" : null, field.Choices.Count > 0 ? string.Join(" | ", field.Choices) : null, field.Default is { } usual ? $"default {usual}" : null }.OfType<string>());
                lines.AddRange(["", $"{option} {at}{field.Name}={(more.Length > 0 ? $"   ({more})" : "")}", $"    {field.Label}. {field.Help}"]);
                Fields(option, $"{at}{field.Name}.", field.Fields);
            }
        }
    }

    private static Dictionary<string, string> Pairs(IEnumerable<string> given, List<SettingProblem> problems, Func<string, string>? asksFor = null)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string one in given)
        {
            int equals = one.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0) pairs[one[..equals]] = one[(equals + 1)..];
            else if (equals < 0 && asksFor is not null) pairs[one] = asksFor(one);
            else problems.Add(new SettingProblem(one, "Write it as name=value."));
        }

        return pairs;
    }

    private static string Ask(string what, bool isSecret)
    {
        if (Console.IsInputRedirected) throw new HubException($"Missing, and there is nobody to ask: {what.ReplaceLineEndings(" ")}. Give it by --key, --set or --secret.");
        Console.Write($"{what}: ");
        if (!isSecret) return (Console.ReadLine() ?? "").Trim();
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } pressed)
        {
            if (pressed.Key is ConsoleKey.Backspace && typed.Length > 0) typed.Length--;
            else if (!char.IsControl(pressed.KeyChar)) typed.Append(pressed.KeyChar);
        }

        Console.WriteLine();
        return typed.ToString().Trim();
    }

    private static async Task<bool> TestAsync(HttpClient http, string key, CancellationToken cancellationToken)
    {
        using var answer = await http.PostAsync($"api/v1/connections/{Uri.EscapeDataString(key)}/test", null, cancellationToken);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        Console.WriteLine(answer.IsSuccessStatusCode ? TestConnectionCommand.Lines(body) : body.TryGetProperty("detail", out var detail) ? detail.GetString() : $"The test was answered {(int)answer.StatusCode}.");
        return !answer.IsSuccessStatusCode || body.GetProperty("verdict").GetString() != "failed";
    }

    private static async Task<string> FirstOrderAsync(HttpClient http, string key, CancellationToken cancellationToken)
    {
        Console.WriteLine("Waiting for the first order. Place a test order in the shop; Ctrl-C leaves the connection as it is.");
        while (true)
        {
            var orders = await http.GetFromJsonAsync<JsonElement>($"api/v1/orders?store={Uri.EscapeDataString(key)}&limit=1", cancellationToken);
            if (orders.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } order)
                return $"Order {order.GetProperty("number").GetString()} has arrived: {order.GetProperty("state").GetString()}";
            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private static async Task<bool> RefusedAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode) return false;
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        if (body.TryGetProperty("errors", out var errors)) foreach (var error in errors.EnumerateArray()) await Console.Error.WriteLineAsync(error.GetString());
        else await Console.Error.WriteLineAsync(body.TryGetProperty("detail", out var detail) ? detail.GetString() : $"The hub answered {(int)answer.StatusCode}.");
        return true;
    }
}
