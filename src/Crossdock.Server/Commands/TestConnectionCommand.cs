using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Crossdock.Server.Commands;

/// <summary><c>test-connection KEY</c>: has a running hub try a connection's settings against its platform.</summary>
internal static class TestConnectionCommand
{
    internal static Command Create()
    {
        var url = RemoteCommands.Url();
        var token = RemoteCommands.Token();
        var json = HubCalls.JsonOption();
        var connection = new Argument<string>("connection") { Description = "The connection's key" };
        var command = new Command("test-connection", "Try a connection's settings against its platform. Ends with 1 when something failed.") { connection, json, url, token };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var http = await RemoteCommands.HubAsync(parsed.GetValue(url)!, parsed.GetValue(token), cancellationToken);
            using var answer = await http.PostAsync($"/api/v1/connections/{Uri.EscapeDataString(parsed.GetValue(connection)!)}/test", null, cancellationToken);
            string body = await answer.Content.ReadAsStringAsync(cancellationToken);
            if (!answer.IsSuccessStatusCode)
            {
                return await HubCalls.RefusedAsync(answer, body);
            }

            using var tested = JsonDocument.Parse(body);
            Console.WriteLine(parsed.GetValue(json) ? body : Lines(tested.RootElement));
            return tested.RootElement.GetProperty("verdict").GetString() == "failed" ? 1 : 0;
        });
        return command;
    }

    /// <summary>A line for each finding, for example <c>failed   Credentials: 401 Invalid API key</c>, and one for all.</summary>
    internal static string Lines(JsonElement tested)
    {
        var lines = new StringBuilder();
        foreach (var finding in tested.GetProperty("findings").EnumerateArray())
        {
            lines.Append(finding.GetProperty("verdict").GetString()!.PadRight(9)).Append(finding.GetProperty("what").GetString()).Append(": ").AppendLine(finding.GetProperty("message").GetString());
        }

        return lines.Append(tested.GetProperty("connection").GetString()).Append(": ").Append(tested.GetProperty("verdict").GetString()).ToString();
    }
}
