using System.Text.Json;
using Crossdock.Access;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Rules;

namespace Crossdock.Connections;

/// <summary>Makes a stored connection ready for work. Never throws: what is wrong with one connection is told by that connection.</summary>
internal sealed class ConnectionPreparation(IReadOnlyList<IConnector> connectors, SecretBox secrets, OutgoingHttp http, AccessPreparation access, TimeProvider clock)
{
    public Connection Prepare(ConnectionRow row)
    {
        var connector = connectors.FirstOrDefault(connector => connector.Manifest.Platform == row.Platform) ?? new UnknownConnector(row.Platform);
        var opened = secrets.Open(row.Key, row.Secrets);
        var settings = new ConnectionSettings(row.Key, row.Name, row.Platform, JsonElement.Parse(row.Settings), opened ?? new Dictionary<string, string>());
        if (opened is null)
        {
            return Broken(row, connector, settings, StoreRules.Default, "Its secrets cannot be read with the keys in this data folder: apply them again, or bring back the folder's keys.");
        }

        List<SettingProblem> problems = [];
        var rules = StoreRules.Read(JsonElement.Parse(row.Rules), row.RulesVersion, "rules", problems);
        try
        {
            problems.AddRange(connector.Check(settings));
            if (problems.Count > 0)
            {
                return Broken(row, connector, settings, rules, string.Join(' ', problems.Select(problem => $"{problem.Path}: {problem.Problem}")));
            }

            var traits = (connector as IOrderSource)?.ReadingOf(settings);
            bool hasWebhooks = connector is IWebhookSource;
            var news = (connector as IDeliveryNewsSource)?.OpenNews(settings);
            var feedEvery = (connector as IOrderFeedSource)?.FeedEvery(settings);
            return new Connection
            {
                Id = row.Id,
                Settings = settings,
                IsEnabled = row.IsEnabled,
                Version = row.Version,
                Connector = connector,
                Readers = traits is null ? null : new OrderReaders(traits, priority => ((IOrderSource)connector).OpenReader(access.For(row.Id, settings, traits.Pace, priority))),
                PollEvery = traits is null ? null : row.Polling.Every(traits, hasWebhooks),
                TimeZone = row.TimeZone,
                Feed = feedEvery is null ? null : ((IOrderFeedSource)connector).OpenFeed(access.For(row.Id, settings, traits?.Pace, RequestPriority.Poll)),
                FeedEvery = feedEvery,
                Subscriptions = connector is ISubscriptionSource source && source.ManagesSubscriptions(settings)
                    ? source.OpenSubscriptions(access.For(row.Id, settings, traits?.Pace, RequestPriority.Status)) : null,
                StatusDestination = connector is IOrderStatusTarget target && target.TellsStatus(settings)
                    ? target.OpenStatus(access.For(row.Id, settings, traits?.Pace, RequestPriority.Status)) : null,
                Endpoint = (connector as IWebhookSource)?.Open(settings) ?? news?.Endpoint,
                News = news,
                Mapping = (connector as IOrderMapper)?.MappingFor(settings),
                Shape = (connector as IDocumentShape)?.ShapeOf(settings) ?? DocumentShape.None,
                Destination = (connector as IOrderTarget)?.Open(settings, http.Client, clock),
                Rules = rules,
                Destinations = row.Destinations,
                Approval = ApprovalSetting.Parse(row.Approval),
            };
        }
#pragma warning disable CA1031 // A connector's bug with one connection's settings must not take the others down.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Broken(row, connector, settings, rules, $"The connector failed on its settings ({e.GetType().Name}: {e.Message}).");
        }
    }

    private static Connection Broken(ConnectionRow row, IConnector connector, ConnectionSettings settings, StoreRules rules, string because) => new()
    {
        Id = row.Id,
        Settings = settings,
        IsEnabled = row.IsEnabled,
        Version = row.Version,
        Connector = connector,
        Rules = rules,
        Destinations = row.Destinations,
        Approval = ApprovalSetting.Parse(row.Approval),
        BrokenBecause = because,
    };
}
