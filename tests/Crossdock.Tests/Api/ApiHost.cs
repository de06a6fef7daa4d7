using Xunit;
using System.Net.Http.Headers;
using Crossdock.Api;
using Crossdock.Connections;
using Crossdock.Delivery;
using Crossdock.Holds;
using Crossdock.Model;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Crossdock.Tests.Api;

/// <summary>The API alone over a database of its own, on a real port, with two stores' rows in it.</summary>
public sealed class ApiHost : IAsyncLifetime
{
    public const string Token = "cd_right";
    private readonly TestDatabase database = new();
    private readonly string folder = Directory.CreateTempSubdirectory("crossdock-api-").FullName;
    private readonly List<WebApplication> others = [];
    private WebApplication? application;

    public NpgsqlDataSource Database => database.DataSource;
    public HttpClient Client { get; private set; } = null!;
    public HttpClient Stranger { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await database.InitializeAsync();
        await using (var seed = Database.CreateCommand(Rows.Seed.Replace("HASH", AdministratorToken.Hash(Token), StringComparison.Ordinal)))
        {
            await seed.ExecuteNonQueryAsync();
        }

        application = await StartAsync();
        var address = AddressOf(application);
        Client = new HttpClient { BaseAddress = address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
        Stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    /// <summary>Another node over the same database and the same keys, with options of its own; asked with the administrator's token.</summary>
    public async Task<HttpClient> NodeAsync(params (string Name, string Value)[] options)
    {
        var node = await StartAsync(options);
        others.Add(node);
        return new HttpClient { BaseAddress = AddressOf(node), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Token) } };
    }

    private static Uri AddressOf(WebApplication node) => new(node.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    private async Task<WebApplication> StartAsync(params (string Name, string Value)[] options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("Crossdock:DataFolder", folder), .. options.Select(one => new KeyValuePair<string, string?>(one.Name, one.Value))]);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(Database);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IReadOnlyList<Crossdock.Model.Connectors.IConnector>>([]);
        builder.Services.AddSingleton(new Crossdock.Server.HubSettings());
        ConnectionsRegistration.AddConnections(builder.Services);
        builder.Services.AddSingleton<IConnectionDirectory, NoDirectory>();
        builder.Services.AddSingleton<IDeliveryIntake, NoIntake>();
        builder.Services.AddQueries();
        builder.Services.AddHolds();
        builder.Services.AddCrossdockAuthentication();
        builder.Services.AddCrossdockApi();
        var application = builder.Build();
        application.UseCrossdockSecurityHeaders();
        application.UseAuthentication();
        application.UseCrossdockCaller();
        application.UseCrossdockOwnPages();
        application.UseCrossdockRequestLimits();
        application.UseAuthorization();
        application.UseCrossdockIdempotency();
        application.MapCrossdockApi();
        await application.StartAsync();
        return application;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Stranger.Dispose();
        foreach (var node in others)
        {
            await node.DisposeAsync();
        }

        if (application is not null)
        {
            await application.DisposeAsync();
        }

        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class NoDirectory : IConnectionDirectory
    {
        public ConnectionSnapshot Current => ConnectionSnapshot.Empty;

        public event Action? Changed
        {
            add { }
            remove { }
        }
    }

    private sealed class NoIntake : IDeliveryIntake
    {
        public TimeSpan Lease => TimeSpan.FromMinutes(1);
        public bool HasRoom(ConnectionId destination) => false;
        public int Offer(IReadOnlyList<DueDelivery> deliveries) => deliveries.Count;

        public void GiveBack(IReadOnlyList<DueDelivery> deliveries)
        {
        }

        public void Wake()
        {
        }
    }
}
