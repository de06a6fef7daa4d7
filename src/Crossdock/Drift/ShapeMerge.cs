namespace Crossdock.Drift;

/// <summary>Adds what one node saw to what is stored. Counts add up, so that any number of nodes may learn the same.</summary>
internal static class ShapeMerge
{
    public const int MostNews = 200;

    public static void Add(StoredShape stored, ShapeDelta delta)
    {
        var places = new Dictionary<string, int>(stored.Fields.Count, StringComparer.Ordinal);
        for (int i = 0; i < stored.Fields.Count; i++)
        {
            places.TryAdd(stored.Fields[i].P, i);
        }

        foreach (var field in delta.Fields)
        {
            if (!places.TryGetValue(field.Path, out int place))
            {
                int parent = -1;
                if (field.Parent is not null && (!places.TryGetValue(field.Parent, out parent) || (stored.Fields[parent].M && field.Name is not ("*" or "[]") && field.Present + field.Absent == 0)))
                {
                    // Another node has found that the names in there are data.
                    continue;
                }

                place = stored.Fields.Count;
                stored.Fields.Add(new StoredField { P = field.Path, N = field.Name, U = parent, K = new long[ShapeKinds.Count] });
                places[field.Path] = place;
            }

            Add(stored.Fields[place], field);
        }

        stored.IsFull |= delta.IsFull;
        stored.FirstAt = delta.FirstAt < stored.FirstAt || stored.FirstAt is null ? delta.FirstAt : stored.FirstAt;
        foreach (var one in delta.News)
        {
            if (stored.News.Count < MostNews && !stored.News.Exists(known => known.P == one.P && known.C == one.C && known.D == one.D))
            {
                stored.News.Add(one);
            }
        }

        if (delta.Fields.Exists(field => field.IsMap))
        {
            DropBelowMaps(stored);
        }
    }

    private static void Add(StoredField known, DeltaField field)
    {
        for (int kind = 0; kind < ShapeKinds.Count; kind++)
        {
            known.K[kind] += field.Kinds[kind];
        }

        known.Pr += field.Present;
        known.Ab += field.Absent;
        known.S = field.WasSeen ? field.Streak : known.S + field.Streak;
        known.M |= field.IsMap;
        known.F |= field.IsFree;
        known.T |= field.HasThree;
        foreach (var word in field.Words)
        {
            int at = known.V.FindIndex(one => one.W == word.W);
            if (at >= 0)
            {
                known.V[at] = known.V[at] with { N = known.V[at].N + word.N };
            }
            else
            {
                known.V.Add(word);
            }
        }

        if (known.F || known.V.Count > ShapeNode.MostValues)
        {
            known.F = true;
            known.V.Clear();
        }
    }

    // Parents stand before what is in them, so one pass finds everything below.
    private static void DropBelowMaps(StoredShape stored)
    {
        var moved = new int[stored.Fields.Count];
        var kept = new List<StoredField>(stored.Fields.Count);
        for (int i = 0; i < stored.Fields.Count; i++)
        {
            var field = stored.Fields[i];
            int parent = field.U < 0 ? -1 : moved[field.U];
            bool isGone = field.U >= 0 && (parent < 0 || (stored.Fields[field.U].M && field.N != "*" && field.Pr + field.Ab == 0));
            moved[i] = isGone ? -1 : kept.Count;
            if (!isGone)
            {
                kept.Add(parent == field.U ? field : field with { U = parent });
            }
        }

        stored.Fields.Clear();
        stored.Fields.AddRange(kept);
    }
}
