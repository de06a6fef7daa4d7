using System.Globalization;
using System.Text;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Drift;

internal sealed partial class ShapeBook
{
    // More currencies than this are a shop that sells in whatever its buyers have.
    private const int FewCurrencies = 5;

    /// <summary>What would make this document's order wrong; empty when nothing would. What a person has accepted is nothing.</summary>
    /// <param name="seen">The document, walked and counted.</param>
    /// <param name="body">Its bytes, for examples.</param>
    /// <param name="isShipped">False for an order that goes nowhere: its address does not matter.</param>
    /// <param name="known">What was found before, by id.</param>
    public List<DriftFinding>? Check(Observation seen, ReadOnlySpan<byte> body, bool isShipped, IReadOnlyDictionary<string, KnownDrift> known)
    {
        if (!IsLearned)
        {
            return null;
        }

        List<DriftFinding>? found = null;
        // Meanings of which the document itself says that they came otherwise, accepted or not: the order made of it says nothing new.
        int said = 0;
        int count = criticals.Count;
        for (int i = 0; i < count; i++)
        {
            var node = criticals[i];
            if (!node.IsFact && (isShipped || node.Critical!.Meaning is not CriticalMeaning.Address) && IsGone(node, seen) && !IsBelow(node, found))
            {
                said |= 1 << (int)node.Critical!.Meaning;
                Keep(ref found, Gone(node, seen, body), known);
            }
        }

        var sights = seen.Sights;
        foreach (int place in seen.Critical)
        {
            ref readonly var sight = ref sights[place];
            if (sight.Node.Critical is { } field && (isShipped || field.Meaning is not CriticalMeaning.Address) && IsChanged(sight, field, body) && !(found?.Exists(Has(sight.Node.Path)) ?? false))
            {
                said |= 1 << (int)field.Meaning;
                Keep(ref found, Changed(sight, field, body), known);
            }
        }

        foreach (var (node, value, sight) in seen.NewValues)
        {
            if (node.Critical?.Meaning is CriticalMeaning.Currency && node.Present >= options.LearnDocuments && node.Values.Length is > 0 and <= FewCurrencies)
            {
                Keep(ref found, Make(node, DriftChange.Value, value.Text, $"only {string.Join(", ", node.Values.Select(one => one.Text))} in {Number(node.Present)} documents", value.Text, ShapeExample.Of(body, sights[sight]),
                    $"{node.Path} is {value.Text}: until now it was {string.Join(" or ", node.Values.Select(one => one.Text))} in all of {Number(node.Present)} documents."), known);
            }
        }

        foreach (var (node, isRight) in seen.Facts)
        {
            if (!isRight && node.Absent == 0 && node.Present >= options.LearnDocuments && (said & (1 << (int)node.Critical!.Meaning)) == 0)
            {
                Keep(ref found, Make(node, DriftChange.Order, "", $"so in all of {Number(node.Present)} orders", "not so", null, $"{OrderFacts.Sentence(node.Path)} So far that was right in all of {Number(node.Present)} orders of this store."), known);
            }
        }

        return found;

        static Predicate<DriftFinding> Has(string path) => one => one.Path == path;
    }

    private bool IsGone(ShapeNode node, Observation seen) =>
        node.Absent == 0 && node.Present >= options.LearnDocuments && ParentsOf(node, seen) is > 0 and var parents && seen.CriticalSeen[node.CriticalIndex] < parents;

    /// <summary>Objects in this document that should have it; the items of a list are their own matter.</summary>
    private static int ParentsOf(ShapeNode node, Observation seen) => node.Name == "[]" || node.Parent is not { ParentIndex: >= 0 } parent ? 0 : seen.ParentSeen[parent.ParentIndex];

    // With its object gone everything in it is: one finding says it.
    private static bool IsBelow(ShapeNode node, List<DriftFinding>? found) => found?.Exists(one => node.Path.StartsWith(one.Path, StringComparison.Ordinal)) ?? false;

    private bool IsChanged(in Sight sight, CriticalField field, ReadOnlySpan<byte> body)
    {
        var node = sight.Node;
        if (node.Present < options.LearnDocuments)
        {
            return false;
        }

        if (field.IsWhole && sight.Kind is ShapeKind.Number or ShapeKind.Decimal && field.IsWhole)
        {
            return !node.Knows(sight.Kind);
        }

        bool isNumeric = field.Meaning is CriticalMeaning.Amount && !node.Knows(ShapeKind.Object) && !node.Knows(ShapeKind.List);
        return ShapeKinds.IsCriticalChange(sight.Kind, isNumeric, node.Knows) || (isNumeric && IsThousands(sight, node, body));
    }

    // "12.990" where amounts had two decimals or none: a point that separates thousands.
    private static bool IsThousands(in Sight sight, ShapeNode node, ReadOnlySpan<byte> body) =>
        sight.Kind is ShapeKind.Decimal && !node.HasThreeDecimals && HasThree(body.Slice(sight.Start, sight.Length));

    private static bool HasThree(ReadOnlySpan<byte> text) => text.Length - text.IndexOf((byte)'.') == 4;

    private DriftFinding Gone(ShapeNode node, Observation seen, ReadOnlySpan<byte> body)
    {
        string came = "nothing";
        string? example = null;
        foreach (ref readonly var sight in seen.Sights)
        {
            if (ReferenceEquals(sight.Node, node) && ShapeKinds.IsNothing(sight.Kind))
            {
                came = ShapeKinds.Words(sight.Kind);
            }
            else if (ReferenceEquals(sight.Node, node.Parent) && sight.Kind is ShapeKind.Object)
            {
                example = ShapeExample.Of(body, sight);
            }
        }

        var beside = seen.NewNodes.Where(other => ReferenceEquals(other.Parent, node.Parent)).Select(other => other.Name).Take(5).ToList();
        string hint = beside.Count > 0 ? $" New beside it: {string.Join(", ", beside)}." : "";
        return Make(node, DriftChange.Missing, "", $"there in all of {Number(node.Present)} documents ({Kinds(node)})", came, example,
            came == "nothing" ? $"{node.Path} is missing, which was there in all of {Number(node.Present)} documents until now.{hint}"
            : $"{node.Path} is {came}, and it was filled in all of {Number(node.Present)} documents until now.{hint}");
    }

    private DriftFinding Changed(in Sight sight, CriticalField field, ReadOnlySpan<byte> body)
    {
        string example = ShapeExample.Of(body, sight);
        bool isThousands = sight.Node.Knows(sight.Kind);
        string came = isThousands ? "a decimal number as text with three decimals" : ShapeKinds.Words(sight.Kind);
        string was = $"{Kinds(sight.Node)} in all of {Number(sight.Node.Present)} documents";
        string doubt = field.Meaning is CriticalMeaning.Amount && (isThousands || sight.Kind is ShapeKind.Text or ShapeKind.Number or ShapeKind.Decimal) ? " It may be read wrong by a factor." : "";
        return Make(sight.Node, DriftChange.Type, isThousands ? "three" : EnumNames<ShapeKind>.Of(sight.Kind), was, came, example, $"{sight.Node.Path} came as {came}, for example {example}; until now it was {was}.{doubt}");
    }

    private DriftFinding Make(ShapeNode node, DriftChange change, string detail, string was, string came, string? example, string what)
    {
        string id = Id(Topic, node.Path, change, detail);
        return new DriftFinding(id, Topic, node.Path, change, node.Critical!.Meaning, was, came, example,
            $"{DriftFinding.Opening}{what}{DriftFinding.Advice} (drift {id}).");
    }

    private static void Keep(ref List<DriftFinding>? found, DriftFinding finding, IReadOnlyDictionary<string, KnownDrift> known)
    {
        if (!known.TryGetValue(finding.Id, out var before))
        {
            (found ??= []).Add(finding);
        }
        else if (!before.IsAllowed)
        {
            // Told in the words of the first time, so that it is the same hold.
            (found ??= []).Add(finding with { Sentence = before.Sentence });
        }
    }

    /// <summary>What the same change of the same place is called, on every node: sixteen hexadecimal digits.</summary>
    internal static string Id(string topic, string path, DriftChange change, string detail) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"{topic}\n{path}\n{EnumNames<DriftChange>.Of(change)}\n{detail}")).AsSpan(0, 8));

    internal static string Kinds(ShapeNode node) =>
        string.Join(" or ", Enumerable.Range(0, ShapeKinds.Count).Where(kind => node.Of((ShapeKind)kind) > 0).OrderByDescending(kind => node.Of((ShapeKind)kind)).Take(3).Select(kind => ShapeKinds.Words((ShapeKind)kind)));

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}

/// <summary>Something that was found before, as far as the check needs to know.</summary>
/// <param name="IsAllowed">A person has accepted it, or does not want to hear of it.</param>
/// <param name="Sentence">As it was told the first time.</param>
internal sealed record KnownDrift(bool IsAllowed, string Sentence);
