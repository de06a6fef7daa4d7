using Crossdock.Accounts;
using Crossdock.Connections;
using Crossdock.Database;
using Microsoft.Extensions.Logging.Console;

namespace Crossdock.Server;

/// <summary>Composes and starts a hub in this process. The command line, tests and benchmarks all start it here.</summary>
public static class HubHost
{
    /// <summary>Starts a hub and answers when it takes requests.</summary>
    /// <param name="settings">Database, folder, addresses, roles.</param>
    /// <param name="configuration">Further values by their full names (<c>Crossdock:Delivery:BatchSize</c>), before the environment; null for none.</param>
    /// <param name="mayMigrate">True brings an older schema up to date first; false refuses it.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="HubException">The schema or a setting does not fit; the message says what to do.</exception>
    public static async Task<RunningHub> StartAsync(HubSettings settings, IReadOnlyDictionary<string, string?>? configuration = null, bool mayMigrate = false, CancellationToken cancellationToken = default)
    {
        var roles = settings.RoleSet();
        _ = settings.PublicUri();          // before a database is started for nothing
        string dataFolder = Directory.CreateDirectory(settings.DataFolder).FullName;
        var database = await HubDatabase.OpenAsync(settings with { DataFolder = dataFolder }, cancellationToken);
        WebApplication? application = null;
        try
        {
            var migrator = new Migrator(database.Source, TimeProvider.System);
            var applied = mayMigrate ? await migrator.MigrateAsync(cancellationToken) : [];
            if (await migrator.CheckAsync(cancellationToken) is { } problem) throw new HubException(problem);

            application = Build(settings with { DataFolder = dataFolder }, roles, database, configuration);
            string? madeUp = await application.Services.GetRequiredService<FirstToken>().EnsureAsync(settings.AdminToken, dataFolder, cancellationToken);
            await FirstAccountAsync(application.Services, settings.AdminPassword, cancellationToken);
            await application.Services.GetRequiredService<Partitions>().TryMaintainAsync(cancellationToken);
            await application.StartAsync(cancellationToken);
            return new RunningHub(application, database, dataFolder, madeUp, applied);
        }
        catch
        {
            if (application is not null) await application.DisposeAsync();
            await database.DisposeAsync();
            throw;
        }
    }

    private static async Task FirstAccountAsync(IServiceProvider services, string? password, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(password))
        {
            return;
        }

        await using var scope = services.CreateAsyncScope();
        // Of nodes that start at once one makes it; the others find it.
        if (!await services.GetRequiredService<UserDirectory>().AnyAsync(cancellationToken)
            && await scope.ServiceProvider.GetRequiredService<UserAccounts>().CreateFirstAsync("admin", null, password, cancellationToken) is { Refusal: { } refusal } && !await services.GetRequiredService<UserDirectory>().AnyAsync(cancellationToken))
        {
            throw new HubException($"The first administrator cannot have the password in Crossdock__AdminPassword: {refusal}");
        }
    }

    private static WebApplication Build(HubSettings settings, IReadOnlySet<string> roles, HubDatabase database, IReadOnlyDictionary<string, string?>? configuration)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "Crossdock.Server", ContentRootPath = AppContext.BaseDirectory });
        if (configuration is not null) builder.Configuration.AddInMemoryCollection(configuration);
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddInMemoryCollection([new("Crossdock:DataFolder", settings.DataFolder)]);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("System", LogLevel.Warning).AddFilter("Npgsql", LogLevel.Warning);
        // It warns at the first start that the keys lie unencrypted; they lie in the data folder (docs/operations.md), readable by its owner.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        // A line for every request without a sign-in would bury what matters; refused ones are counted and told where they are too many.
        builder.Logging.AddFilter("Crossdock.Api.SessionCookie", LogLevel.Warning).AddFilter("Crossdock.Api.Authentication", LogLevel.Warning);
        builder.WebHost.UseUrls(settings.Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(database.Source);
        builder.Services.AddSingleton(database.Keyed);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(new HubAddress(settings.PublicUri()));
        if (database.Own is { } own)
        {
            builder.Services.AddSingleton(own);
            builder.Services.AddHostedService<PostgresKeeper>();
        }
        HubParts.Add(builder.Services, roles, isAlone: database.Own is not null);
        var application = builder.Build();
        HubParts.Map(application, roles);
        return application;
    }
}

/// <summary>A hub that runs in this process.</summary>
public sealed class RunningHub : IAsyncDisposable
{
    private readonly HubDatabase database;

    internal RunningHub(WebApplication application, HubDatabase database, string dataFolder, string? madeUpToken, IReadOnlyList<string> migrated)
    {
        this.database = database;
        (Application, DataFolder, MadeUpToken, Migrated) = (application, dataFolder, madeUpToken, migrated);
    }

    /// <summary>The web application with all services.</summary>
    public WebApplication Application { get; }

    /// <summary>The first address it listens on, without a slash at the end.</summary>
    public string Address => Application.Urls.First().TrimEnd('/');

    /// <summary>The data folder, full path.</summary>
    public string DataFolder { get; }

    /// <summary>The administrator's token if it was made up at this start; otherwise null.</summary>
    public string? MadeUpToken { get; }

    /// <summary>Migrations applied at this start.</summary>
    public IReadOnlyList<string> Migrated { get; }

    /// <summary>The private PostgreSQL; null with a configured one.</summary>
    public PrivatePostgres? Postgres => database.Own;

    /// <summary>Waits for Ctrl-C or SIGTERM.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken = default) => Application.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops taking work, finishes what is in hand, then stops the database.</summary>
    public async ValueTask DisposeAsync()
    {
        await Application.StopAsync();
        await Application.DisposeAsync();
        await database.DisposeAsync();
    }
}
