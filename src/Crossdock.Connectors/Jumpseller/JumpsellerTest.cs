using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>Tries a connection's settings without changing anything in the store.</summary>
internal sealed class JumpsellerTest(JumpsellerClient client, TimeProvider clock)
{
    private static readonly TimeSpan LargestDifference = TimeSpan.FromMinutes(2);

    private readonly List<TestFinding> findings = [];

    internal async Task<IReadOnlyList<TestFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (!client.Settings.HasKeys)
        {
            findings.Add(new("Credentials", TestVerdict.Warning, "There is no key: orders come by webhooks only, and what a webhook misses is not found again. Admin → Account shows login and auth token."));
            return findings;
        }

        var info = await client.GetAsync("/store/info.json", cancellationToken);
        if (client.TroubleOf(info, "read the store (scope read_store)") is { } trouble)
        {
            findings.Add(new("Credentials", TestVerdict.Failed, $"{trouble.Because}. {(client.Settings.IsBasic ? "Check login and auth token: Admin → Account." : "Check the app's client id and secret, and authorise it once more for a new refresh token.")}"));
            return findings;
        }

        using (var document = info.Json())
        {
            if (document?.RootElement.ValueKind != JsonValueKind.Object)
            {
                findings.Add(new("Credentials", TestVerdict.Failed, $"The answer is no description of a store: {client.Words(info)}. Is the address of the API right?"));
                return findings;
            }

            if (!Store(document.RootElement))
            {
                return findings;
            }
        }

        if (info.Date is { } theirs && (clock.GetUtcNow() - theirs).Duration() is var difference)
        {
            findings.Add(difference > LargestDifference
                ? new("Clock", TestVerdict.Warning, string.Create(CultureInfo.InvariantCulture, $"The hub's clock and Jumpseller's differ by {Math.Round(difference.TotalMinutes, 1)} minutes: synchronise the hub's (NTP)."))
                : new("Clock", TestVerdict.Passed, "The clocks agree."));
        }

        await TryAsync("Permission to read orders", "/orders.json?limit=1&page=1", "read orders (scope read_orders)", "Orders can be read.", cancellationToken);
        if (client.Settings.ManagesHooks)
        {
            await TryAsync("Permission for webhooks", "/hooks.json", "read and write webhooks (scopes read_hooks, write_hooks)", "Webhooks can be read.", cancellationToken);
        }

        if (client.Settings is { TellsStatus: true, LocationId: null })
        {
            await TryAsync("Stock locations", "/locations.json", "read locations", "A fulfilment names the location of the order's units, otherwise the store's first.", cancellationToken);
        }

        return findings;
    }

    private bool Store(JsonElement root)
    {
        try
        {
            var store = JsonFields.Block(root, "store") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
            string? code = JsonFields.Text(store, "code");
            if (code is null)
            {
                findings.Add(new("Credentials", TestVerdict.Failed, "The answer does not say which store it is: is the address of the API right?"));
                return false;
            }

            if (!code.Equals(client.Settings.StoreCode, StringComparison.OrdinalIgnoreCase))
            {
                findings.Add(new("Store", TestVerdict.Failed, $"The key belongs to the store {code}, the connection to {client.Settings.StoreCode}: ids are each store's own, so correct one of them."));
                return false;
            }

            findings.Add(new("Credentials", TestVerdict.Passed, $"Jumpseller accepts the key for the store {code}."));
            if (JsonFields.Text(store, "hooks_token") is { } token && client.Settings.HooksToken is { } ours)
            {
                findings.Add(CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(ours.Trim())))
                    ? new("Hooks token", TestVerdict.Passed, "The hooks token is the store's.")
                    : new("Hooks token", TestVerdict.Failed, "The hooks token is not the store's, so every webhook would be refused: copy it from Admin → Config → Notifications → Webhooks. It is not the auth token."));
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            findings.Add(new("Credentials", TestVerdict.Failed, "The answer is text that is no Unicode: is the address of the API right?"));
            return false;
        }
    }

    private async Task TryAsync(string what, string path, string scope, string passed, CancellationToken cancellationToken)
    {
        var answer = await client.GetAsync(path, cancellationToken);
        using var document = answer.Json();
        findings.Add(client.TroubleOf(answer, scope) is { } trouble ? new(what, TestVerdict.Failed, trouble.Because)
            : document?.RootElement.ValueKind == JsonValueKind.Array ? new(what, TestVerdict.Passed, passed) : new(what, TestVerdict.Failed, $"The answer is no list: {client.Words(answer)}."));
    }
}
