using System.Net.Http.Headers;
using System.Text;
using Crossdock.Connectors.Http;

namespace Crossdock.Server.Sandbox;

/// <summary>A small town for newcomers: emulated stores that sell, with rules of their own, and an emulated courier that sometimes fails. All on loopback.</summary>
internal sealed class SandboxTown : IAsyncDisposable
{
    private readonly CourierEmulator courier;

    private SandboxTown(CourierEmulator courier) => this.courier = courier;

    /// <summary>How the sandbox's courier misbehaves: every kind of outcome within two minutes.</summary>
    internal static CourierBehaviour CourierTrouble { get; } = new()
    {
        Slow = 0.02, BadAddress = 0.01, Throttle = 0.03, ServerError = 0.05, Garbage = 0.01, ErrorInside = 0.01, Drop = 0.02,
    };

    /// <summary>What the hub must allow: the sandbox's courier is on loopback.</summary>
    internal static IReadOnlyDictionary<string, string?> HubOptions { get; } = new Dictionary<string, string?>(StringComparer.Ordinal) { ["Crossdock:Connections:AllowPrivateAddresses"] = "true" };

    internal static async Task<SandboxTown> StartAsync(string hub, string token, double ordersPerSecond, CancellationToken cancellationToken)
    {
        var emulator = await CourierEmulator.StartAsync(behaviour: CourierTrouble);
        var town = new SandboxTown(emulator);
        await ApplyAsync(hub, token, Configuration().Replace("http://courier.sandbox", emulator.Address, StringComparison.Ordinal), cancellationToken);
        return town;
    }

    /// <summary>One line for the start-up text.</summary>
    internal string Describe() => $"courier on {courier.Address} (its books: {courier.Address}/_emulator)";

    public ValueTask DisposeAsync() => courier.DisposeAsync();

    private static string Configuration()
    {
        using var reader = new StreamReader(typeof(SandboxTown).Assembly.GetManifestResourceStream("sandbox.yaml")!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static async Task ApplyAsync(string hub, string token, string yaml, CancellationToken cancellationToken)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(hub + "/api/v1/configuration")) { Content = new StringContent(yaml, Encoding.UTF8, "application/yaml") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await http.SendAsync(request, cancellationToken);
        if (!answer.IsSuccessStatusCode) throw new HubException($"The sandbox's configuration was refused ({(int)answer.StatusCode}): {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
