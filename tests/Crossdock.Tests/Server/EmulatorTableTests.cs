using System.Text.RegularExpressions;
using Crossdock.Server.Commands;
using Xunit;

namespace Crossdock.Tests.Server;

public sealed partial class EmulatorTableTests
{
    public static TheoryData<string> Names => [.. EmulatorTable.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_emulator_starts_by_its_name_and_answers_where_it_says(string name)
    {
        var one = EmulatorTable.All.Single(entry => entry.Name == name);
        Assert.Contains(name, EmulatorTable.List(), StringComparison.Ordinal);
        await using var running = await one.StartAsync(one.NeedsHub ? new EmulatorWishes(Hub: new Uri("http://127.0.0.1:9/in/own"), Secret: "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQ=") : new EmulatorWishes());
        string address = Loopback().Match(running.Says).Value;
        Assert.NotEmpty(address);
        if (one.NeedsHub) return;
        using HttpClient client = new();
        using var answer = await client.GetAsync(new Uri(address), TestContext.Current.CancellationToken);
        Assert.True((int)answer.StatusCode < 500, $"{name} answered {answer.StatusCode}");
    }

    [Fact]
    public async Task Unknown_emulator_and_a_shop_without_its_hub_are_explained() =>
        Assert.Equal((1, 1), (await CommandLine.RunAsync(["emulate", "nobody"]), await CommandLine.RunAsync(["emulate", "custom"])));

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Loopback();
}
