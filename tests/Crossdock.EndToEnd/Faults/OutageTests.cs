using System.Diagnostics;
using Crossdock.Testing.Faults;
using Xunit;

namespace Crossdock.EndToEnd.Faults;

/// <summary>The delivered server, stopped by the book and by its surroundings, while orders come in.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class OutageTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Stop_under_load_refuses_nothing_it_took_loses_nothing_and_leaves_nothing_in_hand()
    {
        await using var scenario = await Scenario.StartAsync();
        scenario.Announce(1_000_000, 1500);
        await Task.Delay(700);
        long started = Stopwatch.GetTimestamp();
        Assert.Equal(0, await scenario.Hub.StopAsync());
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), $"stopping took {Stopwatch.GetElapsedTime(started)}");
        Assert.All(scenario.Shop.Answers.Keys, answer => Assert.True(answer is "200" or "refused" or "broken", answer));

        await scenario.Hub.RestartAsync();
        var report = await scenario.JudgeAsync(TimeSpan.FromSeconds(60));
        output.WriteLine(report.ToString());
        Assert.True(report.IsFlawless, report.ToString());
        // Whatever was not sent was given back as such: nothing had to be looked up.
        Assert.Equal(0, scenario.Courier.LookUps);
        Assert.True(report.Settled.After < TimeSpan.FromSeconds(12), report.ToString());
    }

    [Fact]
    public async Task Database_that_is_stopped_in_its_tracks_costs_callers_less_than_their_patience_and_nothing_else()
    {
        await using var scenario = await Scenario.StartAsync();
        scenario.Announce(1_000_000, 200);
        Assert.True(await scenario.Shop.IsOverAsync(scenario.Shop.All, TimeSpan.FromSeconds(60)));
        await scenario.Hub.SignalPostgresAsync("STOP");
        scenario.Announce(1_000_200, 300);
        await Task.Delay(TimeSpan.FromSeconds(9));
        await scenario.Hub.SignalPostgresAsync("CONT");
        var report = await scenario.JudgeAsync(TimeSpan.FromSeconds(60));
        output.WriteLine(report.ToString());
        Assert.True(report.IsFlawless, report.ToString());
        Assert.True(scenario.Shop.Answers.GetValueOrDefault("503") > 0, report.Answers);
        Assert.False(scenario.Shop.Answers.ContainsKey("no answer in 5 s"), report.Answers);
    }

    [Fact]
    public async Task Full_disk_is_answered_503_and_all_goes_on_when_there_is_room_again()
    {
        string folder = HubProcess.NewFolder();
        if (Environment.UserName != "root" || await RunAsync("mount", "-t", "tmpfs", "-o", "size=320m,mode=0755", "tmpfs", folder) != 0)
        {
            Directory.Delete(folder, recursive: true);
            Assert.Skip("only root may mount a small disk to fill");
        }

        try
        {
            await FillAsync(folder);
        }
        finally
        {
            await RunAsync("umount", folder);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task FillAsync(string folder)
    {
        // A folder in it: the mount itself cannot be removed.
        string data = Directory.CreateDirectory(Path.Combine(folder, "data")).FullName;
        await using var scenario = await Scenario.StartAsync(data);
        scenario.Announce(1_000_000, 200);
        Assert.True(await scenario.Shop.IsOverAsync(scenario.Shop.All, TimeSpan.FromSeconds(60)));
        string filler = Path.Combine(folder, "filler");
        try
        {
            await using (var file = new FileStream(filler, FileMode.Create, FileAccess.Write, FileShare.None, 1))
            {
                byte[] block = new byte[65_536];
                while (true)
                {
                    await file.WriteAsync(block);
                }
            }
        }
        catch (IOException)
        {
            // Full.
        }

        scenario.Announce(1_000_200, 4000);
        for (int attempt = 0; attempt < 600 && scenario.Shop.Answers.GetValueOrDefault("503") < 50; attempt++)
        {
            await Task.Delay(50);
        }

        await Task.Delay(1000);
        Assert.True(scenario.Shop.Answers.GetValueOrDefault("503") >= 50, $"the disk was never full: {string.Join(", ", scenario.Shop.Answers)}");
        File.Delete(filler);
        var report = await scenario.JudgeAsync(TimeSpan.FromSeconds(90));
        output.WriteLine(report.ToString());
        Assert.True(report.IsFlawless, report.ToString());
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
