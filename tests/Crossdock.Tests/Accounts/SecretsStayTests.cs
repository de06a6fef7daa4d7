using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Connections;
using Crossdock.Testing.Database;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Crossdock.Tests.Accounts;

/// <summary>A secret that was given to the hub is never given back: not by any address, to nobody, and it is not to be read in the database.</summary>
[Collection(AccountsGroup.Name)]
public sealed class SecretsStayTests(AccountsHub hub)
{
    private const string Marker = "plantedmarker";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_address_gives_a_secret_back_and_the_database_holds_none_in_clear()
    {
        // Everywhere that a secret can be put: secrets and settings of connections, headers, queries, bodies of routes, passwords.
        var applied = await hub.Hub.Application.Services.GetRequiredService<ConfigurationService>().ApplyAsync($$"""
            connections:
              - key: planted
                name: Planted
                platform: http
                enabled: false
                settings:
                  create: { method: POST, url: "https://planted.example/api?api_key={{Marker}}-query", headers: { X-Api-Key: {{Marker}}-header }, remoteId: /id }
                  auth: { bearer: {{Marker}}-bearer }
              - { key: plantedshop, name: Planted shop, platform: shopify, enabled: false, settings: { shop: planted.myshopify.com }, secrets: { webhookSecret: {{Marker}}-webhook-secret-0123456789, accessToken: {{Marker}}-access } }
            """, "tests", static _ => null);
        Assert.True(applied.Errors.Count == 0, string.Join('\n', applied.Errors));
        string id = await MadeAsync("/api/v1/alert-routes", new { name = "planted", channel = "webhook", address = $"https://planted.example/{Marker}-address", secret = $"whsec_{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Marker + "-signing-secret-0123456789"))}", kinds = new[] { "shape_changed" }, enabled = false }, made => made.GetProperty("route").GetProperty("id").GetString()!);
        await MadeAsync("/api/v1/users", new { name = "planted", role = "viewer", password = $"{Marker} of nine slow maps" }, made => "");
        string token = await hub.TokenAsync(["read"]);
        string[] secrets = [Marker, Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(Marker))[..16], token, AccountsHub.Token, "the-secret-of-both-stores"];

        var person = await hub.SignedInAsync("administrator");
        List<string> wrong = [];
        int asked = 0, answered = 0;
        foreach (string address in RoleMatrix.Needs.Keys.Where(address => address.StartsWith("GET ", StringComparison.Ordinal) && !address.Contains("opaque-redirect", StringComparison.Ordinal)))
        {
            foreach (string key in (string[])["planted", "plantedshop", "mine"])
            {
                string path = address[4..].Replace("{key}", key, StringComparison.Ordinal).Replace("{Key}", key, StringComparison.Ordinal).Replace("{platform}", "shopify", StringComparison.Ordinal).Replace("{Platform}", "shopify", StringComparison.Ordinal)
                    .Replace("{id:guid}", address.Contains("route", StringComparison.Ordinal) ? id : Of(address), StringComparison.Ordinal).Replace("{Id:guid}", address.Contains("route", StringComparison.Ordinal) ? id : Of(address), StringComparison.Ordinal)
                    .Replace("{day}", "2026-01-01", StringComparison.Ordinal).Replace("{Day}", "2026-01-01", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal);
                if (path == address[4..] && key != "planted")
                {
                    break;
                }

                foreach (var client in (HttpClient[])(path.StartsWith("/api/", StringComparison.Ordinal) ? [hub.Admin] : [person]))
                {
                    using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), Stop);
                    string body = await answer.Content.ReadAsStringAsync(Stop) + answer.Headers;
                    asked++;
                    answered += answer.StatusCode == HttpStatusCode.OK ? 1 : 0;
                    wrong.AddRange(secrets.Where(secret => body.Contains(secret, StringComparison.OrdinalIgnoreCase)).Select(secret => $"{path} gives {secret}"));
                }
            }
        }

        Assert.True(asked > 90 && answered > 60, $"{asked} addresses were asked, {answered} answered");
        Assert.Empty(wrong);
        foreach (string table in (string[])["connections", "alert_routes", "users", "audit", "api_tokens", "connection_history", "installation"])
        {
            string rows = $"{await hub.Database.AskAsync($"SELECT string_agg(to_jsonb(t)::text, '') FROM {table} t")}";
            Assert.True(!secrets.Any(secret => rows.Contains(secret, StringComparison.OrdinalIgnoreCase)), $"{table} holds a secret in clear");
        }
    }

    // Rows of the store "mine" where there are some.
    private string Of(string address) => hub.Ids[("mine", address.Contains("order", StringComparison.Ordinal) ? "order" : address.Contains("event", StringComparison.Ordinal) || address.Contains("parked", StringComparison.Ordinal) ? "event"
        : address.Contains("deliver", StringComparison.Ordinal) || address.Contains("dead", StringComparison.Ordinal) ? "delivery" : address.Contains("hold", StringComparison.Ordinal) ? "hold" : "alert")];

    private async Task<string> MadeAsync(string path, object body, Func<JsonElement, string> read)
    {
        using var answer = await hub.Admin.PostAsJsonAsync(new Uri(path, UriKind.Relative), body, Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Stop));
        return read(await answer.Content.ReadFromJsonAsync<JsonElement>(Stop));
    }
}
