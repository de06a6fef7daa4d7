using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crossdock.Diagnosis;
using Crossdock.Model.Orders;
using Crossdock.Server.Doctor;

namespace Crossdock.Server.Commands;

/// <summary><c>doctor</c>: looks at what Crossdock needs and says what is wrong, with the remedy.</summary>
internal static class DoctorCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new SnakeCase<FindingState>() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    internal static Command Create()
    {
        var data = new Option<string?>("--data") { Description = "The data folder; default Crossdock__DataFolder, then ./data" };
        var url = new Option<string?>("--url") { Description = "The hub's address; default what Crossdock__Urls says, then http://localhost:8080" };
        var json = new Option<bool>("--json") { Description = "Answer as JSON: { healthy, wrong, advice, findings: [ { check, state, sentence, remedy } ] }" };
        var command = new Command("doctor", "Look at what Crossdock needs (options, disk, keys, ports, database, clock, queues, connections) and say what is wrong and how to mend it. Ends with 0 when nothing is wrong, with 1 otherwise.") { data, url, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = CommandLine.Settings(parsed.GetValue(data));
            string address = parsed.GetValue(url) ?? settings.Urls.Split(';')[0].Trim().Replace("//*", "//localhost", StringComparison.Ordinal).Replace("//+", "//localhost", StringComparison.Ordinal).Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal);
            if (!Uri.TryCreate(address, UriKind.Absolute, out var hub)) throw new HubException($"\"{address}\" is no address such as http://localhost:8080.");
            var findings = await new Examination(settings, Environment.GetEnvironmentVariables(), TimeProvider.System).LookAsync(hub, cancellationToken);
            return parsed.GetValue(json) ? Write(findings) : Tell(findings);
        });
        return command;
    }

    private static int Write(IReadOnlyList<Finding> findings)
    {
        int wrong = findings.Count(one => one.State == FindingState.Wrong);
        Console.WriteLine(JsonSerializer.Serialize(new { healthy = wrong == 0, wrong, advice = findings.Count(one => one.State == FindingState.Advice), findings }, Json));
        return wrong == 0 ? 0 : 1;
    }

    private static int Tell(IReadOnlyList<Finding> findings)
    {
        foreach (var one in findings)
        {
            string state = one.State switch { FindingState.Good => "ok     ", FindingState.Advice => "advice ", FindingState.Wrong => "WRONG  " };
            Console.WriteLine($"{state}{one.Sentence}");
            if (one.Remedy is { } remedy) Console.WriteLine($"       -> {remedy}");
        }

        int wrong = findings.Count(one => one.State == FindingState.Wrong), advice = findings.Count(one => one.State == FindingState.Advice);
        Console.WriteLine();
        Console.WriteLine(wrong == 0 ? advice == 0 ? "Nothing is wrong." : $"Nothing is wrong; {advice} {(advice == 1 ? "thing needs" : "things need")} somebody soon." : $"{wrong} {(wrong == 1 ? "thing is" : "things are")} wrong.");
        return wrong == 0 ? 0 : 1;
    }
}
