using System.Net;
using System.Text.RegularExpressions;
using Xunit;

namespace Crossdock.EndToEnd;

public sealed partial class LinkTests(ConsoleHub hub)
{
    private const int PerShape = 3;

    [Fact]
    public async Task Every_link_on_every_page_leads_somewhere()
    {
        await hub.OrderAsync("acme", hub.NextId(), "o.state = 'processing'");
        await hub.OrderAsync("acme", hub.NextId(), "o.held", quantity: 9);
        await hub.OrderAsync("capital", hub.NextId(), "o.state = 'excluded'");
        await hub.OrderAsync("fragile", hub.NextId(), "EXISTS (SELECT 1 FROM deliveries d WHERE d.order_id = o.id AND d.state = 'dead')");

        using var client = await hub.ClientAsync();
        Queue<(string Address, string From)> open = new([("/", "")]);
        HashSet<string> seen = ["/"];
        Dictionary<string, int> shapes = new(StringComparer.Ordinal);
        List<string> wrong = [];
        while (open.TryDequeue(out var next))
        {
            using var answer = await client.GetAsync(new Uri(next.Address, UriKind.Relative), TestContext.Current.CancellationToken);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                wrong.Add($"{next.Address} on {next.From} answers {(int)answer.StatusCode}");
                continue;
            }

            if (answer.Content.Headers.ContentType?.MediaType != "text/html") continue;
            string html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            foreach (string link in Link().Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups["to"].Value)).Where(link => link.StartsWith('/') && seen.Add(link)))
            {
                // Pages of the same kind are the same page: a few of each will do.
                string shape = Id().Replace(link, "*");
                shapes[shape] = shapes.GetValueOrDefault(shape) + 1;
                if (shapes[shape] <= PerShape) open.Enqueue((link, next.Address));
            }
        }

        Assert.Empty(wrong);
        Assert.True(seen.Count > 25, $"only {seen.Count} links were found");
    }

    [GeneratedRegex("""(href|src)="(?<to>[^"#]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|(after|earlier)=[^&]+")]
    private static partial Regex Id();
}
