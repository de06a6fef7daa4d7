using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Crossdock.Server.Commands;
using Crossdock.Tests.Api;
using Xunit;

namespace Crossdock.Tests.Server;

/// <summary>The command line as a person and a script meet it: a process of its own against a hub.</summary>
public sealed class CommandLineTests(ApiExampleHub hub) : IClassFixture<ApiExampleHub>
{
    private static readonly Guid Order = Rows.Order(1);

    [Fact]
    public void Every_command_says_what_it_does_and_shows_an_example_that_it_understands()
    {
        var leaves = Leaves(CommandLine.Root()).ToList();
        Assert.Empty(leaves.Select(Examples.PathOf).Except(Examples.All.Keys));
        Assert.All(leaves, command => Assert.False(string.IsNullOrWhiteSpace(command.Description), Examples.PathOf(command)));
        var wrong = from lines in leaves.Select(command => Examples.All[Examples.PathOf(command)])
                    from line in lines
                    where line.StartsWith("./crossdock ", StringComparison.Ordinal) && !line.Contains('|', StringComparison.Ordinal)
                    let words = line["./crossdock ".Length..].Split("   ")[0].Replace("0199...", Order.ToString(), StringComparison.Ordinal).Split(" > ")[0]
                    from error in CommandLine.Root().Parse(words).Errors
                    select $"{line}: {error.Message}";
        Assert.Empty(wrong);
    }

    [Fact]
    public async Task What_is_asked_is_answered_in_words_or_as_json_with_the_exit_code_of_the_documentation()
    {
        var (code, output, _) = await RunAsync("orders list --store acme --limit 2");
        Assert.Equal(0, code);
        Assert.Contains("awaiting approval", output, StringComparison.Ordinal);
        Assert.Contains("There is more: --cursor", output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync($"orders show {Order} --json");
        Assert.Equal(0, code);
        Assert.Equal(Order, JsonSerializer.Deserialize<JsonElement>(output).GetProperty("order").GetProperty("id").GetGuid());

        (code, output, _) = await RunAsync($"holds release {Rows.Hold(41)} {Guid.NewGuid()} --because seen");
        Assert.Equal(3, code);      // one of them is not there
        Assert.Contains("done", output, StringComparison.Ordinal);
        Assert.Contains("not found", output, StringComparison.Ordinal);

        (code, _, string error) = await RunAsync($"orders approve {Guid.NewGuid()}");
        Assert.Equal(3, code);
        Assert.Contains("There is no order with this id", error, StringComparison.Ordinal);

        (code, _, error) = await RunAsync("orders list --state lost");
        Assert.Equal(2, code);
        Assert.Contains("awaiting_payment", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_says_what_to_do()
    {
        var (code, _, error) = await RunAsync("orders lisst");
        Assert.Equal(2, code);
        Assert.Contains("./crossdock orders --help", error, StringComparison.Ordinal);

        (code, _, error) = await RunAsync("webhooks list --url http://127.0.0.1:9");
        Assert.Equal(1, code);
        Assert.Contains("say with --url where it is", error, StringComparison.Ordinal);

        (code, string output, _) = await RunAsync("orders approve --help");
        Assert.Equal(0, code);
        Assert.Contains("Examples:", output, StringComparison.Ordinal);
        Assert.Contains("paid by bank transfer", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, 2)]
    [InlineData(HttpStatusCode.UnprocessableEntity, 2)]
    [InlineData(HttpStatusCode.Unauthorized, 3)]
    [InlineData(HttpStatusCode.Forbidden, 3)]
    [InlineData(HttpStatusCode.NotFound, 3)]
    [InlineData(HttpStatusCode.Conflict, 3)]
    [InlineData(HttpStatusCode.TooManyRequests, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 1)]
    public void Exit_codes_keep_their_meaning(HttpStatusCode status, int code) => Assert.Equal(code, HubCalls.CodeOf(status));

    [Theory]
    [InlineData("ord", "orders")]
    [InlineData("orders rel", "release")]
    [InlineData("webhooks create --ev", "--event")]
    [InlineData("webhooks replay 0199 --fr", "--from")]
    [InlineData("completion z", "zsh")]
    public async Task The_script_completes_in_bash(string typed, string completed)
    {
        string script = CompletionCommand.Script(CommandLine.Root(), "bash");
        string[] words = ["./crossdock", .. typed.Split(' ')];
        var (code, output, error) = await StartAsync("bash", ["--norc", "-c", $"{script}\nCOMP_WORDS=({string.Join(' ', words)}); COMP_CWORD={words.Length - 1}; _crossdock; echo \"${{COMPREPLY[@]}}\"; complete -p ./crossdock"]);
        Assert.True(code == 0, error);
        string[] lines = output.Trim().Split('\n');
        Assert.Equal(completed, lines[0]);
        Assert.Contains("_crossdock", lines[1], StringComparison.Ordinal);
    }

    private static IEnumerable<Command> Leaves(Command command) => command.Subcommands.SelectMany(one => one.Action is not null ? Leaves(one).Prepend(one) : Leaves(one));

    private Task<(int Code, string Output, string Error)> RunAsync(string words) => StartAsync("dotnet",
    [
        Path.Combine(AppContext.BaseDirectory, "Crossdock.Server.dll"), .. words.Split(' '),
        .. words.Contains("--help", StringComparison.Ordinal) || words.Contains("lisst", StringComparison.Ordinal) ? (string[])[] : ["--token", ApiExampleHub.Token, .. words.Contains("--url", StringComparison.Ordinal) ? (string[])[] : ["--url", hub.Client.BaseAddress!.ToString()]],
    ]);

    private static async Task<(int Code, string Output, string Error)> StartAsync(string program, string[] words)
    {
        using var process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
