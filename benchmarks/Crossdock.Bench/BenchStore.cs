using System.Net.Http.Headers;
using System.Text;
using Crossdock.Connectors.Shopify.Emulator;

namespace Crossdock.Bench;

/// <summary>The store that benchmarks send for, and its documents.</summary>
internal static class BenchStore
{
    public const string Secret = "bench-secret-of-the-shopify-app-0123456789";
    public const string Token = "bench-administrator-token-0123456789abcdef";
    public const long TemplateId = 6_120_417_755_213;

    /// <summary>A Shopify order of about 8 KB; the digits of <see cref="TemplateId"/> are replaced in each message. Its number is its id, so that the courier can tell orders apart by it.</summary>
    public static byte[] Document()
    {
        string text = Encoding.UTF8.GetString(ShopifyDocuments.Order(TemplateId, new Random(1), new DateTimeOffset(2026, 11, 1, 10, 0, 0, TimeSpan.Zero)));
        string number = $"\"name\":\"#AO-{1000 + (TemplateId % 1_000_000)}\"";
        return text.Contains(number, StringComparison.Ordinal)
            ? Encoding.UTF8.GetBytes(text.Replace(number, $"\"name\":\"#{TemplateId}\"", StringComparison.Ordinal))
            : throw new InvalidOperationException($"the emulator's document has no {number}");
    }

    /// <summary>One store with two rules and, where given, a courier.</summary>
    public static async Task ConfigureAsync(int port, string? courier)
    {
        string yaml = $$"""
            connections:
              - key: bench
                name: Bench store
                platform: shopify
                settings: { shop: bench.myshopify.com }
                secrets: { webhookSecret: {{Secret}} }
                {{(courier is null ? "" : "destinations: [courier]")}}
                rules:
                  - name: The far south is not ours
                    when: { field: shipTo.region, in: [XX] }
                    then: [ { exclude: order, because: "regions only" } ]
                  - name: Gift cards are not parcels
                    when: { field: line.sku, startsWith: GIFT- }
                    then: [ { exclude: lines } ]
            """;
        if (courier is not null)
        {
            yaml += $$"""

              - key: courier
                name: Courier
                platform: http
                settings:
                  create: { method: POST, url: "{{courier}}/api/shipments", remoteId: /id }
                  find: { method: GET, url: "{{courier}}/api/shipments?reference=NUMBER", remoteId: /items/0/id }
                  limits: { concurrency: 32, attempts: 8 }
            """.Replace("NUMBER", "{{number}}", StringComparison.Ordinal);
        }

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{port}/api/v1/configuration"), new StringContent(yaml, Encoding.UTF8, "application/yaml"));
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"the configuration was refused: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}\n{yaml}");
        }
    }
}
