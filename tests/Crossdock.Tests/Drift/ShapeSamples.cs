using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Connectors;
using Crossdock.Drift;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing;

namespace Crossdock.Tests.Drift;

/// <summary>The connectors' own payload files as a shop would send them again and again, with other numbers.</summary>
internal static class ShapeSamples
{
    public const int Learn = 60;

    private static readonly Dictionary<string, (string Payload, string Settings, Dictionary<string, string> Secrets)> Stores = new(StringComparer.Ordinal)
    {
        ["shopify"] = ("Shopify/Payloads/order-pickup-point-pln.json", """{"shop":"acme.myshopify.com"}""", new() { ["webhookSecret"] = "0123456789abcdef0123" }),
        ["woocommerce"] = ("WooCommerce/Payloads/cash-on-delivery.json", """{"shopUrl":"https://tienda.example"}""", new() { ["webhookSecret"] = "0123456789abcdef0123" }),
    };

    public static ShapeTrial Trial(string platform, DriftOptions? options = null)
    {
        var connector = BuiltInConnectors.All.Single(one => one.Manifest.Platform == platform);
        var (_, settings, secrets) = Stores[platform];
        return new ShapeTrial(connector, new ConnectionSettings("acme", "Acme", platform, JsonElement.Parse(settings), secrets), options ?? new DriftOptions { LearnDocuments = Learn, LearnHours = 0, MissingDocuments = 30 });
    }

    /// <summary>The platform's own sample with other ids.</summary>
    public static JsonObject Order(string platform, int number)
    {
        var order = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder(), Stores[platform].Payload)))!.AsObject();
        order["id"] = 900_000_000L + number;
        order["number"] = number;
        order["note"] = null;
        return order;
    }

    /// <summary>A trial that has learned the usual: more documents than it needs.</summary>
    public static ShapeTrial Learned(string platform, Action<JsonObject, int>? variety = null, DriftOptions? options = null)
    {
        var trial = Trial(platform, options);
        for (int number = 0; number < Learn * 2; number++)
        {
            var order = Order(platform, number);
            variety?.Invoke(order, number);
            var found = trial.Look(order.ToJsonString());
            if (found.Count > 0)
            {
                throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"document {number}: {found[0].Sentence}"));
            }
        }

        trial.Store();
        return trial;
    }

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "tests", "Crossdock.Connectors.Tests");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException("tests/Crossdock.Connectors.Tests is not above the test");
    }
}
