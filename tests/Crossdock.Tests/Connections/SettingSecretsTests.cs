using Crossdock.Tests.Access;
using System.Net;
using System.Text;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Connectors;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Connections;

/// <summary>A secret typed among the settings is kept like any other: encrypted, never shown, and in force.</summary>
public sealed class SettingSecretsTests : IAsyncLifetime
{
    private const string Secret = "t0ken-that-nobody-sees";

    // The example of the design, as people write it.
    private const string Example = """
        connections:
          - key: courier
            name: Our courier system
            platform: http
            settings:
              create:
                method: POST
                url: https://courier.example/api/shipments
                body: |
                  { "reference": "{{number}}", "name": "{{shipTo.name}}", "pieces": {{packages.length}} }
                remoteId: /id
              find: { method: GET, url: "https://courier.example/api/shipments?reference={{number}}", remoteId: /items/0/id }
              auth: { bearer: "${COURIER_TOKEN}" }
              limits: { concurrency: 8, perSecond: 50, attempts: 8 }
        """;

    private readonly TestDatabase _database = new();
    private readonly OutgoingHttp _http = new(Options.Create(new ConnectionsOptions { AllowPrivateAddresses = true }));
    private ConnectionDirectory _directory = null!;
    private ConfigurationService _configuration = null!;

    public async ValueTask InitializeAsync()
    {
        await _database.InitializeAsync();
        var store = new ConnectionStore(_database.DataSource, TimeProvider.System);
        var secrets = new SecretBox(new EphemeralDataProtectionProvider());
        _directory = new ConnectionDirectory(_database.DataSource, store, new ConnectionPreparation(BuiltInConnectors.All, secrets, _http, AccessParts.Preparation(_http, _database.DataSource, TimeProvider.System), TimeProvider.System),
            Options.Create(new ConnectionsOptions { RefreshSeconds = 300 }), TimeProvider.System, NullLogger<ConnectionDirectory>.Instance);
        _configuration = new ConfigurationService(_database.DataSource, store, _directory, secrets, BuiltInConnectors.All, new Crossdock.Delivery.ConnectionWork(TimeProvider.System));
    }

    public async ValueTask DisposeAsync()
    {
        _directory.Dispose();
        _http.Dispose();
        await _database.DisposeAsync();
    }

    public static TheoryData<string, string> Ways => new()
    {
        { "{ bearer: SECRET }", "Authorization: Bearer SECRET" },
        { "{ basic: { user: eva, password: SECRET } }", "Authorization: Basic BASE64" },
        { "{ header: { name: X-Api-Key, value: SECRET } }", "X-Api-Key: SECRET" },
        { "{ hmac: { header: X-Signature, secret: SECRET } }", "X-Signature: HMAC" },
        { "{ oauth2: { tokenUrl: \"https://courier.example/token\", clientId: us, clientSecret: SECRET } }", "" },
    };

    [Theory, MemberData(nameof(Ways))]
    public async Task Secret_in_the_settings_is_shown_nowhere(string auth, string header)
    {
        _ = header;
        Assert.Empty((await ApplyAsync(Example.Replace("{ bearer: \"${COURIER_TOKEN}\" }", auth.Replace("SECRET", "\"${COURIER_TOKEN}\"", StringComparison.Ordinal), StringComparison.Ordinal))).Errors);
        Assert.DoesNotContain(Secret, await _configuration.ExportAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await TextAsync("SELECT string_agg(c::text, ' ') FROM connections c"), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await TextAsync("SELECT coalesce(string_agg(r::text, ' '), '') FROM rule_versions r"), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, JsonSerializer.Serialize(await new ConnectionQueries(_database.DataSource, _directory, [], TimeProvider.System).ListAsync(default)), StringComparison.Ordinal);
        var courier = _directory.Current.ByKey["courier"];
        Assert.Null(courier.BrokenBecause);
        Assert.Contains(Secret, courier.Settings.Secrets.Values);
        Assert.DoesNotContain(Secret, courier.Settings.Settings.GetRawText(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task Delivery_still_signs_in(string auth, string header)
    {
        if (header.Length == 0)
        {
            return;
        }

        string address = $"http://127.0.0.1:{FreePorts.Next()}/";
        using var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        await ApplyAsync(Example.Replace("https://courier.example/", address, StringComparison.Ordinal)
            .Replace("{ bearer: \"${COURIER_TOKEN}\" }", auth.Replace("SECRET", "\"${COURIER_TOKEN}\"", StringComparison.Ordinal), StringComparison.Ordinal));
        var now = DateTimeOffset.UnixEpoch;
        byte[] order = Encoding.UTF8.GetBytes("""{"externalId":"1","number":"#1","currency":"CLP","totals":{"total":{"amount":"5","currency":"CLP"}},"packages":[{"number":1}]}""");
        var sending = _directory.Current.ByKey["courier"].Destination!.SendAsync(
            new DeliveryRequest(DeliveryId.New(now), DeliveryKind.Create, OrderId.New(now), order, "acme", null, null, 1), TestContext.Current.CancellationToken);
        var called = listener.GetContextAsync();
        Assert.True(await Task.WhenAny(sending, called) == called, sending.IsCompleted ? $"nobody called: {(await sending).Outcome}" : "");
        var call = await called;
        using var body = new MemoryStream();
        await call.Request.InputStream.CopyToAsync(body, TestContext.Current.CancellationToken);
        string hmac = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body.ToArray()));
        string[] wanted = header.Replace("SECRET", Secret, StringComparison.Ordinal).Replace("BASE64", Convert.ToBase64String(Encoding.UTF8.GetBytes($"eva:{Secret}")), StringComparison.Ordinal)
            .Replace("HMAC", hmac, StringComparison.Ordinal).Split(": ");
        Assert.Equal(wanted[1], call.Request.Headers[wanted[0]]);
        call.Response.StatusCode = 201;
        call.Response.OutputStream.Write("{\"id\":\"77\"}"u8);
        call.Response.Close();
        var sent = await sending;
        Assert.Equal(new Delivered("77"), sent.Outcome);
        Assert.DoesNotContain(Secret, JsonSerializer.Serialize(sent.Exchange), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_the_export_changes_nothing_and_keeps_the_secret_with_and_without_its_environment()
    {
        await ApplyAsync(Example);
        string export = await _configuration.ExportAsync();
        Assert.Contains("${COURIER_BEARER}", export, StringComparison.Ordinal);
        Assert.Equal(["courier"], (await _configuration.ApplyAsync(export, "eva", name => name == "COURIER_BEARER" ? Secret : null)).Unchanged);
        var result = await _configuration.ApplyAsync(export, "eva", _ => null);
        Assert.Empty(result.Errors);
        Assert.Equal(["courier"], result.Unchanged);
        Assert.Equal(Secret, _directory.Current.ByKey["courier"].Settings.Secret("bearer"));
        Assert.Equal(["courier"], (await ApplyAsync(Example)).Unchanged);
    }

    [Theory]
    [InlineData("create", "Authorization", "courier")]
    [InlineData("create", "X-Api-Key", "3pl")]
    [InlineData("find", "x-shop-access-token", "courier")]
    public async Task Header_that_signs_in_is_kept_with_the_secrets_and_survives_the_export(string call, string header, string key)
    {
        string yaml = $$$"""
            connections:
              - key: {{{key}}}
                platform: http
                settings:
                  create: { url: "https://courier.example/", headers: { X-Colour: blue } }
                  find: { url: "https://courier.example/?r={{number}}" }
            """.Replace(call == "create" ? "X-Colour: blue" : "?r={{number}}\"", call == "create"
                ? $"X-Colour: blue, {header}: \"Key ${{COURIER_TOKEN}}\"" : $"?r={{{{number}}}}\", headers: {{ {header}: \"Key ${{COURIER_TOKEN}}\" }}", StringComparison.Ordinal);
        Assert.Empty((await ApplyAsync(yaml)).Errors);
        string export = await _configuration.ExportAsync();
        Assert.DoesNotContain(Secret, export, StringComparison.Ordinal);
        Assert.Contains("blue", export, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await TextAsync("SELECT string_agg(c::text, ' ') FROM connections c"), StringComparison.Ordinal);
        var connection = _directory.Current.ByKey[key];
        Assert.Null(connection.BrokenBecause);
        Assert.Equal($"Key {Secret}", connection.Settings.Secret($"{call}.headers.{header}"));
        var result = await _configuration.ApplyAsync(export, "eva", _ => null);
        Assert.Empty(result.Errors);
        Assert.Equal([key], result.Unchanged);
    }

    [Theory]
    [InlineData("?api_key=${COURIER_TOKEN}&v=2", "")]
    [InlineData("?v=2&access%5Ftoken=${COURIER_TOKEN}&order={{number}}", "&order=%231")]
    public async Task Secret_in_the_query_of_an_address_is_kept_with_the_secrets_sent_and_shown_nowhere(string query, string filled)
    {
        string address = $"http://127.0.0.1:{FreePorts.Next()}/";
        using var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        Assert.Empty((await ApplyAsync($"connections: [ {{ key: courier, platform: http, settings: {{ create: {{ url: \"{address}{query}\" }}, find: {{ url: \"{address}?return_token=true\" }} }} }} ]")).Errors);
        string export = await _configuration.ExportAsync();
        Assert.DoesNotContain(Secret, export, StringComparison.Ordinal);
        Assert.Contains("v=2", export, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, await TextAsync("SELECT string_agg(c::text, ' ') FROM connections c"), StringComparison.Ordinal);
        Assert.Equal(["courier"], (await _configuration.ApplyAsync(export, "eva", _ => null)).Unchanged);

        var now = DateTimeOffset.UnixEpoch;
        var sending = _directory.Current.ByKey["courier"].Destination!.SendAsync(new DeliveryRequest(DeliveryId.New(now), DeliveryKind.Create, OrderId.New(now),
            Encoding.UTF8.GetBytes("""{"externalId":"1","number":"#1","currency":"CLP"}"""), "acme", null, null, 1), TestContext.Current.CancellationToken);
        var called = listener.GetContextAsync();
        Assert.True(await Task.WhenAny(sending, called) == called, "nobody called");
        var call = await called;
        Assert.Equal("/" + query.Replace("${COURIER_TOKEN}", Secret, StringComparison.Ordinal).Replace("&order={{number}}", filled, StringComparison.Ordinal).Replace("%5F", "_", StringComparison.Ordinal), call.Request.RawUrl);
        call.Response.StatusCode = 201;
        call.Response.Close();
        Assert.DoesNotContain(Secret, JsonSerializer.Serialize((await sending).Exchange), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_from_the_secrets_is_sent()
    {
        string address = $"http://127.0.0.1:{FreePorts.Next()}/";
        using var listener = new HttpListener { Prefixes = { address } };
        listener.Start();
        Assert.Empty((await ApplyAsync($"connections: [ {{ key: courier, platform: http, settings: {{ create: {{ url: \"{address}\", headers: {{ X-Api-Key: \"${{COURIER_TOKEN}}\" }} }} }} }} ]")).Errors);
        var now = DateTimeOffset.UnixEpoch;
        var sending = _directory.Current.ByKey["courier"].Destination!.SendAsync(
            new DeliveryRequest(DeliveryId.New(now), DeliveryKind.Create, OrderId.New(now), "{}"u8.ToArray(), "acme", null, null, 1), TestContext.Current.CancellationToken);
        var called = listener.GetContextAsync();
        Assert.True(await Task.WhenAny(sending, called) == called, "nobody called");
        var call = await called;
        Assert.Equal(Secret, call.Request.Headers["X-Api-Key"]);
        call.Response.StatusCode = 201;
        call.Response.Close();
        Assert.DoesNotContain(Secret, JsonSerializer.Serialize((await sending).Exchange), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("create: { url: \"https://eva:t0ken-that-nobody-sees@courier.example/\" }", "settings.create.url")]
    [InlineData("create: { url: \"https://courier.example/\" }, auth: { oauth2: { tokenUrl: \"https://eva:t0ken-that-nobody-sees@courier.example/\", clientId: us, clientSecret: x } }", "settings.auth.oauth2.tokenUrl")]
    [InlineData("create: { url: \"https://courier.example/\", headers: { X-Api-Key: true } }", "settings.create.headers.X-Api-Key")]
    public async Task Password_in_an_address_and_mark_without_a_secret_are_refused(string settings, string path)
    {
        var problem = Assert.Single((await ApplyAsync($"connections: [ {{ key: courier, platform: http, settings: {{ {settings} }} }} ]")).Errors);
        Assert.Equal($"connections[0].{path}", problem.Path);
        Assert.DoesNotContain(Secret, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task New_secret_in_the_settings_replaces_the_old_one()
    {
        await ApplyAsync(Example);
        Assert.Equal(["courier"], (await _configuration.ApplyAsync(Example, "eva", _ => "another-token")).Updated);
        Assert.Equal("another-token", _directory.Current.ByKey["courier"].Settings.Secret("bearer"));
    }

    [Fact]
    public async Task Stored_secret_cannot_be_brought_to_light_by_its_placeholder()
    {
        await ApplyAsync(Example);
        string[] tries =
        [
            Example.Replace("name: Our courier system", "name: \"${COURIER_BEARER}\"", StringComparison.Ordinal),
            Example.Replace("/api/shipments\n", "/api/${COURIER_BEARER}\n", StringComparison.Ordinal),
            Example.Replace("    settings:\n", "    secrets: { password: \"${COURIER_BEARER}\" }\n    settings:\n", StringComparison.Ordinal),
            Example.Replace("key: courier", "key: other", StringComparison.Ordinal).Replace("    settings:\n", "    secrets: { bearer: \"${COURIER_BEARER}\" }\n    settings:\n", StringComparison.Ordinal),
        ];
        foreach (string yaml in tries)
        {
            Assert.NotEqual(Example, yaml);
            var result = await ApplyAsync(yaml);
            Assert.Contains("COURIER_BEARER", Assert.Single(result.Errors).Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_values_for_one_secret_are_refused_without_telling_them()
    {
        var result = await ApplyAsync(Example.Replace("    settings:\n", "    secrets: { bearer: other }\n    settings:\n", StringComparison.Ordinal));
        var problem = Assert.Single(result.Errors);
        Assert.Equal("connections[0].settings.auth.bearer", problem.Path);
        Assert.DoesNotContain(Secret, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mark_without_a_secret_is_a_problem()
    {
        var result = await ApplyAsync(Example.Replace("\"${COURIER_TOKEN}\"", "true", StringComparison.Ordinal));
        Assert.Equal("connections[0].settings.auth.bearer", Assert.Single(result.Errors).Path);
    }

    [Fact]
    public void Every_place_of_a_secret_in_the_settings_is_known_to_its_connector() =>
        Assert.All(BuiltInConnectors.All.SelectMany(connector => connector.Manifest.Secrets.Where(secret => secret.InSettings is not null).Select(secret => (connector, secret.InSettings!.Split('.')[0]))),
            place => Assert.Contains(place.Item2, place.connector.Manifest.Settings.Select(setting => setting.Name)));

    private Task<ConfigurationResult> ApplyAsync(string yaml) => _configuration.ApplyAsync(yaml, "eva", name => name == "COURIER_TOKEN" ? Secret : null);

    private async Task<string> TextAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
