using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Drift;

internal sealed partial class ShapeBook
{
    /// <summary>A set of words this small may be a fixed one.</summary>
    internal const int FewWords = 12;
    private const int MostNews = 200;
    private const int FewObjects = 30;

    private List<StoredNews> news = [];
    private HashSet<(string, string, string)> told = [];

    /// <summary>Learns from a document. Where it would have made an order wrong, its critical places are left out: what is wrong must not become usual.</summary>
    public void Learn(Observation seen, ReadOnlySpan<byte> body, Guid eventId, DateTimeOffset at, bool isShipped, bool isWrong)
    {
        lock (gate)
        {
            FirstAt = FirstAt < at ? FirstAt : at;
            bool isLearned = IsLearned && at - FirstAt >= TimeSpan.FromHours(options.LearnHours);
            foreach (ref readonly var sight in seen.Sights)
            {
                var node = sight.Node;
                if (ReferenceEquals(node, Beyond) || (isWrong && node.CriticalIndex >= 0 && !node.Knows(sight.Kind)))
                {
                    continue;
                }

                if (sight.Kind is ShapeKind.Object)
                {
                    node.Objects++;
                }

                if (!node.Knows(sight.Kind))
                {
                    HasNews = true;
                    if (isLearned)
                    {
                        Note(node, sight, body, eventId, seen);
                    }
                }

                node.Delta[(int)sight.Kind]++;
                node.SeenAt = node.Parent?.Objects ?? 0;
                if (!isWrong && sight.Kind is ShapeKind.Decimal && node.Critical is { Meaning: CriticalMeaning.Amount } && !node.HasThreeDecimals && HasThree(body.Slice(sight.Start, sight.Length)))
                {
                    node.HasThreeDecimals = true;
                }
            }

            foreach (var value in seen.Values)
            {
                value.Delta++;
            }

            LearnWords(seen, body, eventId, isLearned, isWrong);
            if (!isWrong)
            {
                LearnCritical(seen, isShipped);
            }
        }
    }

    private void LearnWords(Observation seen, ReadOnlySpan<byte> body, Guid eventId, bool isLearned, bool isWrong)
    {
        foreach (var (node, value, sight) in seen.NewValues)
        {
            if (node.IsFree || (isWrong && node.CriticalIndex >= 0))
            {
                continue;
            }

            if (node.Value(value.Hash) is { } known)
            {
                known.Delta++;
                continue;
            }

            long texts = node.Of(ShapeKind.Text);
            bool isSettled = isLearned && node.Critical is null && node.Values.Length is > 0 and <= FewWords && texts > options.LearnDocuments && node.Values.Max(word => word.FirstAt) <= texts / 2;
            value.Delta = 1;
            value.FirstAt = texts;
            node.Values = [.. node.Values, value];
            HasNews = true;
            if (isSettled)
            {
                Tell(new StoredNews(node.Path, EnumNames<DriftChange>.Of(DriftChange.Value), value.Text, value.Text, eventId, node.Parent?.Of(ShapeKind.Object) ?? 0, texts));
            }
        }
    }

    private void LearnCritical(Observation seen, bool isShipped)
    {
        for (int i = 0; i < criticals.Count && i < seen.CriticalSeen.Length; i++)
        {
            var node = criticals[i];
            if (!node.IsFact && (isShipped || node.Critical!.Meaning is not CriticalMeaning.Address) && ParentsOf(node, seen) is > 0 and var parents)
            {
                if (seen.CriticalSeen[i] < parents)
                {
                    node.AbsentDelta++;
                }
                else
                {
                    node.PresentDelta++;
                }
            }
        }

        foreach (var (node, isRight) in seen.Facts)
        {
            node.PresentDelta += isRight ? 1 : 0;
            node.AbsentDelta += isRight ? 0 : 1;
        }
    }

    // Only what is topmost is told: a new object's fields are new with it.
    private void Note(ShapeNode node, in Sight sight, ReadOnlySpan<byte> body, Guid eventId, Observation seen)
    {
        long objects = node.Parent?.Of(ShapeKind.Object) ?? 0;
        if (node.Seen == 0)
        {
            // In an object that was hardly ever there, anything is new.
            if (objects >= FewObjects && node.Name is not ("[]" or "*") && node.Parent is { } parent && !seen.NewNodes.Contains(parent) && !IsWithinNews(parent))
            {
                Tell(new StoredNews(node.Path, EnumNames<DriftChange>.Of(DriftChange.New), "", ShapeExample.Of(body, sight), eventId, objects, 0));
            }
        }
        else if (node.Critical is null && !node.IsMap && node.Name != "*" && ShapeKinds.IsChange(sight.Kind, node.Knows) && !IsWithinNews(node))
        {
            Tell(new StoredNews(node.Path, EnumNames<DriftChange>.Of(DriftChange.Type), EnumNames<ShapeKind>.Of(sight.Kind), ShapeExample.Of(body, sight), eventId, objects, node.Seen));
        }
    }

    private bool IsWithinNews(ShapeNode? node)
    {
        for (; node is not null; node = node.Parent)
        {
            if (told.Contains((node.Path, EnumNames<DriftChange>.Of(DriftChange.New), "")))
            {
                return true;
            }
        }

        return false;
    }

    private void Tell(StoredNews one)
    {
        if (told.Count < MostNews && told.Add((one.P, one.C, one.D)))
        {
            news.Add(one);
        }
    }

    /// <summary>Takes out what is not stored yet. It counts as known from now on; where storing fails it is given back.</summary>
    public ShapeDelta Take()
    {
        lock (gate)
        {
            var delta = new ShapeDelta { IsFull = IsFull, FirstAt = FirstAt };
            delta.News.AddRange(news);
            foreach (var node in nodes)
            {
                long clock = node.Parent?.Objects ?? 0;
                bool wasSeen = node.SeenAt > node.MarkedAt || node.Parent is null;
                delta.Fields.Add(new DeltaField(node.Path, node.Parent?.Path, node.Name, [.. node.Delta])
                {
                    Present = node.PresentDelta,
                    Absent = node.AbsentDelta,
                    IsMap = node.IsMap,
                    IsFree = node.IsFree,
                    HasThree = node.HasThreeDecimals,
                    WasSeen = wasSeen,
                    Streak = clock - (wasSeen ? node.SeenAt : node.MarkedAt),
                    Words = [.. node.Values.Where(word => word.Delta > 0).Select(word => new StoredWord(word.Text, word.Delta, word.FirstAt))],
                });
                node.MarkedAt = clock;
                Move(node, 1);
            }

            news = [];
            HasNews = false;
            return delta;
        }
    }

    /// <summary>Storing failed: it is stored the next time.</summary>
    public void GiveBack(ShapeDelta delta)
    {
        lock (gate)
        {
            var byPath = nodes.ToDictionary(node => node.Path, StringComparer.Ordinal);
            foreach (var field in delta.Fields)
            {
                if (byPath.TryGetValue(field.Path, out var node))
                {
                    for (int kind = 0; kind < ShapeKinds.Count; kind++)
                    {
                        node.Base[kind] -= field.Kinds[kind];
                        node.Delta[kind] += field.Kinds[kind];
                    }

                    node.PresentBase -= field.Present;
                    node.PresentDelta += field.Present;
                    node.AbsentBase -= field.Absent;
                    node.AbsentDelta += field.Absent;
                    foreach (var word in field.Words)
                    {
                        if (node.Values.FirstOrDefault(one => one.Text == word.W) is { } value)
                        {
                            value.Base -= word.N;
                            value.Delta += (int)word.N;
                        }
                    }
                }
            }

            news.InsertRange(0, delta.News);
            HasNews = true;
        }
    }

    /// <summary>Takes over what is stored: the counts of all nodes.</summary>
    public void Load(StoredShape stored)
    {
        lock (gate)
        {
            var made = new List<ShapeNode?>(stored.Fields.Count);
            foreach (var field in stored.Fields)
            {
                var parent = field.U < 0 || field.U >= made.Count ? null : made[field.U];
                var node = field.U < 0 ? Root : parent is null ? null : Loaded(parent, field);
                made.Add(node);
                if (node is not null)
                {
                    Load(node, field);
                }
            }

            IsFull |= stored.IsFull;
            FirstAt = stored.FirstAt < FirstAt || FirstAt is null ? stored.FirstAt : FirstAt;
            told = [.. stored.News.Concat(news).Select(one => (one.P, one.C, one.D))];
            HasNews = news.Count > 0;
        }
    }

    private ShapeNode? Loaded(ShapeNode parent, StoredField field)
    {
        if (field.N.StartsWith('='))
        {
            return Fact(field.N, OrderFacts.MeaningOf(field.N));
        }

        ulong hash = Hash(parent.Hash, System.Text.Encoding.UTF8.GetBytes(field.N));
        return Find(hash) ?? (parent.IsMap && field.N is not ("*" or "[]") && field.Pr + field.Ab == 0 ? null : Made(parent, field.N, field.P, hash, null));
    }

    private static void Load(ShapeNode node, StoredField field)
    {
        field.K.AsSpan(0, ShapeKinds.Count).CopyTo(node.Base);
        node.PresentBase = field.Pr;
        node.AbsentBase = field.Ab;
        node.IsMap |= field.M;
        node.HasThreeDecimals |= field.T;
        if (field.F && !node.IsFree)
        {
            node.IsFree = true;
            node.Values = [];
        }

        if (node.IsFree)
        {
            return;
        }

        foreach (var word in field.V)
        {
            ulong hash = Hash(node.Hash, System.Text.Encoding.ASCII.GetBytes(word.W));
            var value = node.Value(hash);
            if (value is null)
            {
                node.Values = [.. node.Values, value = new ShapeValue(hash, word.W, word.A)];
            }

            value.Base = word.N;
            value.FirstAt = word.A;
        }
    }

    private static void Move(ShapeNode node, int sign)
    {
        for (int kind = 0; kind < ShapeKinds.Count; kind++)
        {
            node.Base[kind] += sign * node.Delta[kind];
            node.Delta[kind] = 0;
        }

        node.PresentBase += node.PresentDelta;
        node.PresentDelta = 0;
        node.AbsentBase += node.AbsentDelta;
        node.AbsentDelta = 0;
        foreach (var word in node.Values)
        {
            word.Base += word.Delta;
            word.Delta = 0;
        }
    }
}
