using System.Collections;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Crossdock.Diagnosis;
using Crossdock.Server;
using Crossdock.Server.Doctor;
using Xunit;

namespace Crossdock.Tests.Diagnosis;

/// <summary>What doctor says of the machine and the options, each with the fault really made where that can be done.</summary>
public sealed class DoctorMachineTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-doctor-").FullName;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Name_that_nobody_reads_is_told_with_the_one_that_is_meant()
    {
        var found = OptionCheck.Look(new Hashtable { ["Crossdock__Retension__PayloadDays"] = "3", ["PATH"] = "/bin", ["Crossdock__Retention__KeyDays"] = "200" });
        var one = Assert.Single(found);
        Assert.Equal(("options", FindingState.Wrong), (one.Check, one.State));
        Assert.Contains("Crossdock__Retension__PayloadDays", one.Sentence, StringComparison.Ordinal);
        Assert.Contains("Perhaps Crossdock__Retention__PayloadDays is meant", one.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_that_do_not_fit_are_told_all_at_once()
    {
        var found = OptionCheck.Look(new Hashtable { ["Crossdock__Retention__KeyDays"] = "0", ["Crossdock__Delivery__LeaseSeconds"] = "soon", ["Crossdock__Roles"] = "captur", ["Crossdock__Capture__Writers"] = "2" });
        Assert.All(found, one => Assert.Equal(FindingState.Wrong, one.State));
        Assert.Equal(["Crossdock__Retention__KeyDays", "Crossdock__Delivery", "captur"],
            ((string[])["Crossdock__Retention__KeyDays", "Crossdock__Delivery", "captur"]).Where(word => found.Any(one => one.Sentence.Contains(word, StringComparison.Ordinal))));
        Assert.Equal(3, found.Count);
        Assert.Equal(FindingState.Good, Assert.Single(OptionCheck.Look(new Hashtable { ["Crossdock__Capture__Writers"] = "2", ["crossdock__roles"] = "capture" })).State);
    }

    [Fact]
    public async Task File_in_the_place_of_the_data_folder_is_told()
    {
        string file = Path.Combine(folder, "data");
        await File.WriteAllTextAsync(file, "", Stop);
        Assert.Equal(FindingState.Wrong, Of(await new MachineDiagnosis(file, new()).LookAsync(Stop), "data_folder").State);
        var good = await new MachineDiagnosis(Path.Combine(folder, "new"), new()).LookAsync(Stop);
        Assert.Equal(FindingState.Good, Of(good, "data_folder").State);
        Assert.Equal(FindingState.Good, Of(good, "inodes").State);
        Assert.Equal(FindingState.Advice, Of(good, "keys").State);
    }

    [Fact]
    public async Task Disk_inodes_and_open_files_are_held_against_their_limits()
    {
        var full = await new MachineDiagnosis(folder, new() { LeastFreeBytes = long.MaxValue, ManyInodesPercent = 0, LeastFiles = long.MaxValue }).LookAsync(Stop);
        Assert.Equal(FindingState.Wrong, Of(full, "disk").State);
        Assert.Contains("Crossdock__Retention__PayloadDays", Of(full, "disk").Remedy, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux()) Assert.Equal(FindingState.Wrong, Of(full, "open_files").State);
        var filling = await new MachineDiagnosis(folder, new() { FewFreeBytes = long.MaxValue }).LookAsync(Stop);
        Assert.Equal(FindingState.Advice, Of(filling, "disk").State);
    }

    [Fact]
    public async Task Keys_that_every_user_can_read_are_told()
    {
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        string keys = Directory.CreateDirectory(Path.Combine(folder, "keys")).FullName, key = Path.Combine(keys, "key-1.xml");
        await File.WriteAllTextAsync(key, "<key/>", Stop);
        File.SetUnixFileMode(folder, Open);
        File.SetUnixFileMode(keys, Open);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal(FindingState.Wrong, Of(await new MachineDiagnosis(folder, new()).LookAsync(Stop), "keys").State);
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(FindingState.Good, Of(await new MachineDiagnosis(folder, new()).LookAsync(Stop), "keys").State);
    }

    [Fact]
    public async Task Port_that_something_else_listens_on_is_told()
    {
        using var stranger = new TcpListener(IPAddress.Loopback, 0);
        stranger.Start();
        int port = ((IPEndPoint)stranger.LocalEndpoint).Port;
        var closing = Task.Run(async () =>
        {
            using var caller = await stranger.AcceptSocketAsync(Stop);
        }, Stop);
        var examination = new Examination(new HubSettings { DataFolder = folder }, new Hashtable(), TimeProvider.System);
        var found = await examination.LookAsync(new Uri($"http://localhost:{port}"), Stop);
        Assert.Equal(FindingState.Wrong, Of(found, "address").State);
        Assert.Contains($"listens on port {port}", Of(found, "address").Sentence, StringComparison.Ordinal);
        stranger.Stop();
        await closing;
        Assert.Equal(FindingState.Good, Of(await examination.LookAsync(new Uri($"http://localhost:{port}"), Stop), "address").State);
    }

    [Fact]
    public async Task Command_answers_as_json_and_ends_with_1_where_few_files_may_be_open_and_the_database_is_away()
    {
        if (!OperatingSystem.IsLinux()) return;
        string program = Path.Combine(AppContext.BaseDirectory, "Crossdock.Server.dll");
        var start = new ProcessStartInfo("bash", ["-c", $"ulimit -n 1024 && exec dotnet '{program}' doctor --json --data '{folder}' --url http://localhost:1"]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["Crossdock__Database"] = "Host=127.0.0.1;Port=1;Database=crossdock;Username=crossdock";
        using var doctor = Process.Start(start)!;
        string said = await doctor.StandardOutput.ReadToEndAsync(Stop);
        await doctor.WaitForExitAsync(Stop);
        using var answer = JsonDocument.Parse(said);
        Assert.Equal((1, false), (doctor.ExitCode, answer.RootElement.GetProperty("healthy").GetBoolean()));
        var findings = answer.RootElement.GetProperty("findings").EnumerateArray().ToList();
        foreach (string check in (string[])["open_files", "database"])
        {
            var one = findings.Single(finding => finding.GetProperty("check").GetString() == check);
            Assert.Equal("wrong", one.GetProperty("state").GetString());
            Assert.NotEmpty(one.GetProperty("remedy").GetString()!);
        }
    }

    private static Finding Of(IReadOnlyList<Finding> findings, string check) => findings.MaxBy(one => one.Check == check ? (int)one.State : -1)!;
}
