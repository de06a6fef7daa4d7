using Crossdock.Model.Orders;
using Crossdock.Orders;

namespace Crossdock.Rules;

/// <summary>One order on its way through a store's rules.</summary>
internal sealed class Evaluation(Order order, IReadOnlyList<string> destinations, int version, DateTimeOffset at)
{
    private readonly Order _given = order;
    private readonly List<TimelineEntry> _entries = [];
    private string? _excludedBecause;

    public Order Order { get; set; } = order;
    public IReadOnlyList<string> Destinations { get; set; } = destinations;
    public List<Concern> Holds { get; } = [];
    public Dictionary<string, IReadOnlyList<string>> Routes { get; } = [];
    public Dictionary<string, PackagePlan> Plans { get; } = [];
    public bool IsExcluded => _excludedBecause is not null;

    public static string Actor(Rule rule) => $"rule \"{rule.Name}\"";

    public static string Named(IReadOnlyList<LineItem> lines)
    {
        string names = string.Join(", ", lines.Take(5).Select(line => line.Sku ?? line.Name));
        return lines.Count == 1 ? $"the line {names}" : $"{lines.Count} lines ({names}{(lines.Count > 5 ? ", ..." : "")})";
    }

    /// <summary>Whether the line is still to be sent to anybody.</summary>
    public bool Goes(LineItem line) => line.ExcludedBecause is null && line.CurrentQuantity > 0;

    public string Why(Rule rule, Order seen, LineItem? line) => $"{rule.When.Why(seen, line)} (rules version {version})";

    public void Tell(Rule rule, string text, Order seen, LineItem? line) =>
        _entries.Add(new TimelineEntry(at, TimelineKind.Rule, Actor(rule), text, Why(rule, seen, line)));

    public void Exclude(string actor, string text, string because, string? why = null)
    {
        _excludedBecause = because;
        _entries.Add(new TimelineEntry(at, TimelineKind.Rule, actor, text, why is null ? because : $"{because}: {why}"));
    }

    public void ExcludeLines(IReadOnlyList<LineItem> lines, string because)
    {
        var ids = lines.Select(line => line.Id).ToHashSet();
        Order = Order with { Lines = [.. Order.Lines.Select(line => ids.Contains(line.Id) ? line with { ExcludedBecause = because } : line)] };
    }

    public RuleDecision Conclude()
    {
        List<LineItem> going = [.. Order.Lines.Where(Goes)];
        List<LineItem> shippable = [.. going.Where(line => line.RequiresShipping)];
        if (!IsExcluded && Order.Lines.Count > 0 && shippable.Count == 0)
        {
            string because = Order.Lines.FirstOrDefault(line => line.ExcludedBecause is not null)?.ExcludedBecause is { } reason
                ? $"nothing is left to send ({reason})"
                : going.Count > 0 ? "nothing in it needs shipping" : "nothing is left to send";
            Exclude("crossdock", "Excluded the order: no line of it is to be sent.", because);
        }
        else if (!IsExcluded && going.Count > shippable.Count)
        {
            _entries.Add(new TimelineEntry(at, TimelineKind.Rule, "crossdock",
                $"Left {Named([.. going.Where(line => !line.RequiresShipping)])} out of the packages.", "it needs no shipping"));
        }

        if (IsExcluded)
        {
            return new RuleDecision(Order with { Packages = [] }, _entries, _excludedBecause, [], []);
        }

        bool isUntouched = ReferenceEquals(Order, _given) && _given.Packages.Count == 0;
        Pack(shippable);
        return new RuleDecision(Order, _entries, null, Holds, Destinations) { IsOnlyPacked = isUntouched };
    }

    private void Pack(List<LineItem> shippable)
    {
        if (Routes.Count == 0)
        {
            Order = Order with { Packages = PackFor(shippable, null) };
            return;
        }

        List<string> keys = [.. Destinations.Union(Routes.Values.SelectMany(keys => keys))];
        List<Package> packages = [];
        List<string> concerned = [];
        foreach (string key in keys)
        {
            bool isUsual = Destinations.Contains(key);
            List<LineItem> lines = [.. shippable.Where(line => Routes.TryGetValue(line.Id, out var to) ? to.Contains(key) : isUsual)];
            if (lines.Count > 0)
            {
                concerned.Add(key);
                packages.AddRange(PackFor(lines, key));
            }
        }

        Destinations = concerned;
        Order = Order with { Packages = packages };
    }

    private List<Package> PackFor(List<LineItem> lines, string? destination)
    {
        List<Package> packages = [];
        List<LineItem> together = [.. lines.Where(line => !Plans.ContainsKey(line.Id))];
        foreach (var group in lines.Where(line => Plans.ContainsKey(line.Id)).GroupBy(line => Plans[line.Id]))
        {
            var made = group.Key.Pack([.. group], destination, packages.Count + 1);
            if (made is null || packages.Count + made.Count > PackagePlan.Most)
            {
                Holds.Add(new Concern("too_many_packages", $"The rules would make more than {PackagePlan.Most} packages of this order: check its quantities and the packages rule."));
                return [PackagePlan.Single(lines, destination, 1)];
            }

            packages.AddRange(made);
        }

        if (together.Count > 0 || packages.Count == 0)
        {
            packages.Add(PackagePlan.Single(together, destination, packages.Count + 1));
        }

        return packages;
    }
}
