using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>subscriptions KEY [--check]</c>: how a connection's webhooks stand at its platform.</summary>
internal static class SubscriptionsCommand
{
    internal static Command Create()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var json = HubCalls.JsonOption();
        var connection = new Argument<string>("connection") { Description = "The store's key" };
        var check = new Option<bool>("--check") { Description = "Check them now, and put back what is missing" };
        var command = new Command("subscriptions", "Show how a connection's webhooks stand at its platform. Ends with 1 when they are not all there and on.") { connection, check, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            string path = $"/api/v1/connections/{Uri.EscapeDataString(parsed.GetValue(connection)!)}/subscriptions";
            using var answer = parsed.GetValue(check) ? await http.PostAsync(path, null, cancellationToken) : await http.GetAsync(path, cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            using var told = JsonDocument.Parse(body);
            Console.WriteLine(parsed.GetValue(json) ? body : Lines(told.RootElement));
            return told.RootElement.GetProperty("isWatched").GetBoolean() && told.RootElement.GetProperty("problem").ValueKind == JsonValueKind.Null ? 0 : 1;
        });
        return command;
    }

    /// <summary>A line for each topic, for example <c>on   orders/create   since 2026-11-21T14:05:00Z</c>, and what else there is to say.</summary>
    internal static string Lines(JsonElement told)
    {
        var lines = new StringBuilder();
        foreach (var topic in told.GetProperty("topics").EnumerateArray())
        {
            string found = topic.GetProperty("found").GetString()!;
            lines.Append(topic.GetProperty("isActive").GetBoolean() ? "on   " : "off  ").Append(topic.GetProperty("topic").GetString()!.PadRight(24)).Append(" since ").Append(topic.GetProperty("since").GetString())
                .AppendLine(found == "active" ? "" : $" (found {found})");
        }

        lines.AppendLine(Text(told, "because") ?? Text(told, "problem") ?? (Text(told, "checkedAt") is { } at ? $"all right, checked {at}" : "not checked yet"));
        if (told.GetProperty("loss") is { ValueKind: JsonValueKind.Object } loss)
        {
            lines.Append(CultureInfo.InvariantCulture, $"last lost: {Text(loss, "what")}; seen well {Text(loss, "from")}, found {Text(loss, "foundAt")}, put back {Text(loss, "overAt") ?? "not yet"}");
            lines.AppendLine(loss.GetProperty("missing") is { ValueKind: JsonValueKind.Number } missing ? string.Create(CultureInfo.InvariantCulture, $"; reading the shop found {missing.GetInt64():N0} orders that had not arrived") : "");
        }

        return lines.ToString().TrimEnd();
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
