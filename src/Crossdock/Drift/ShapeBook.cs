using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;

namespace Crossdock.Drift;

/// <summary>Everything known of one connection's documents of one topic, in memory. Looking a place up takes no lock; what is new, and the counts of a document, are put in under one.</summary>
internal sealed partial class ShapeBook
{
    /// <summary>So many different names in one object are no names but data.</summary>
    public const int MostNames = 250;

    private readonly DocumentShape shape;
    private readonly DriftOptions options;
    private readonly Dictionary<string, CriticalField> critical;
    private readonly Dictionary<string, CriticalMeaning> around = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly List<ShapeNode> nodes = [];
    private readonly List<ShapeNode> criticals = [];
    private volatile ShapeNode?[] slots = new ShapeNode?[256];
    private int parents;

    public ShapeBook(string topic, DocumentShape shape, DriftOptions options)
    {
        Topic = topic;
        this.shape = shape;
        this.options = options;
        critical = shape.Critical.GroupBy(field => field.Path, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        foreach (var field in shape.Critical)
        {
            // What contains a critical field is missed with it.
            for (int end = field.Path.LastIndexOfAny(['.', '[']); end > 0; end = field.Path.LastIndexOfAny(['.', '['], end - 1))
            {
                around.TryAdd(field.Path[..end], field.Meaning);
            }
        }

        Root = new ShapeNode(null, "", "", 14695981039346656037) { ParentIndex = parents++ };
        Beyond = new ShapeNode(null, "", "", 1) { IsOpen = true, IsFree = true };
        nodes.Add(Root);
    }

    public string Topic { get; }
    public ShapeNode Root { get; }
    /// <summary>Stands for everything that is not watched any more, because there is too much of it.</summary>
    public ShapeNode Beyond { get; }
    public long Documents => Root.Seen;
    /// <summary>Enough was learned for something to be reported or held.</summary>
    public bool IsLearned => Documents >= options.LearnDocuments;
    /// <summary>When the first document arrived, on any node; null before.</summary>
    public DateTimeOffset? FirstAt { get; private set; }
    public bool IsFull { get; private set; }
    public int Parents => parents;
    public IReadOnlyList<ShapeNode> Criticals => criticals;
    /// <summary>Something was seen that is not stored yet.</summary>
    public bool HasNews { get; set; }
    public int Unstored => Root.Delta.Sum();
    public long UsedAt { get; set; }
    public long StoredAt { get; set; }

    /// <summary>A container's field or items; null when it is not watched.</summary>
    public ShapeNode? Child(ShapeNode parent, ReadOnlySpan<byte> name, bool isEscaped, Observation into)
    {
        if (parent.IsOpen)
        {
            return null;
        }

        // Among names that are data may stand one that is declared.
        ulong hash = Hash(parent.Hash, name);
        return Find(hash) ?? (parent.IsMap ? Find(Hash(parent.Hash, "*"u8)) : null) ?? Add(parent, hash, name, isEscaped, into);
    }

    /// <summary>Notes a word of a field whose words are a fixed set, as far as is known.</summary>
    public void Word(ShapeNode node, ReadOnlySpan<byte> word, Observation into)
    {
        ulong hash = Hash(node.Hash, word);
        if (node.Value(hash) is { } known)
        {
            into.Values.Add(known);
            return;
        }

        lock (gate)
        {
            bool isCurrency = node.Critical?.Meaning is CriticalMeaning.Currency;
            if (node.Value(hash) is { } meanwhile)
            {
                into.Values.Add(meanwhile);
            }
            else if (!ShapeExample.IsWord(word) || node.Values.Length >= ShapeNode.MostValues)
            {
                if (!isCurrency)
                {
                    node.IsFree = true;
                    node.Values = [];
                }
            }
            else
            {
                into.NewValues.Add((node, new ShapeValue(hash, Encoding.ASCII.GetString(word), node.Of(ShapeKind.Text) + 1), into.Count - 1));
            }
        }
    }

    /// <summary>A place made of the mapped order; made where it is not known yet.</summary>
    public ShapeNode Fact(string path, CriticalMeaning meaning)
    {
        ulong hash = Hash(Root.Hash, Encoding.UTF8.GetBytes(path));
        if (Find(hash) is { } known)
        {
            return known;
        }

        lock (gate)
        {
            return Find(hash) ?? Put(new ShapeNode(Root, path, path, hash) { IsFact = true, IsFree = true, Critical = new CriticalField(path, meaning), CriticalIndex = criticals.Count });
        }
    }

    /// <summary>Hash of a name below its parent's: eight bytes at a time.</summary>
    internal static ulong Hash(ulong parent, ReadOnlySpan<byte> name)
    {
        ulong hash = parent ^ ((ulong)name.Length * 0x9E3779B97F4A7C15);
        while (name.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(name)) * 0xFF51AFD7ED558CCD, 31);
            name = name[8..];
        }

        ulong rest = 0;
        for (int i = 0; i < name.Length; i++)
        {
            rest = (rest << 8) | name[i];
        }

        hash = (hash ^ rest) * 0xC4CEB9FE1A85EC53;
        hash ^= hash >> 33;
        return hash * 0xFF51AFD7ED558CCD;
    }

    private ShapeNode? Find(ulong hash)
    {
        var all = slots;
        for (uint i = (uint)hash & (uint)(all.Length - 1); ; i = (i + 1) & (uint)(all.Length - 1))
        {
            var node = Volatile.Read(ref all[i]);
            if (node is null || node.Hash == hash)
            {
                return node;
            }
        }
    }

    private ShapeNode? Add(ShapeNode parent, ulong hash, ReadOnlySpan<byte> raw, bool isEscaped, Observation into)
    {
        if (ReferenceEquals(parent, Beyond))
        {
            return null;
        }

        string name = Encoding.UTF8.GetString(raw);
        if (isEscaped)
        {
            name = JsonElement.Parse($"\"{name}\"").GetString() ?? name;
        }

        lock (gate)
        {
            bool isItem = name == "[]";
            string path = isItem ? parent.Path + "[]" : Below(parent, name);
            bool isDeclared = critical.ContainsKey(path) || around.ContainsKey(path);
            if (!isItem && !isDeclared && (parent.IsMap || PersonalFields.IsData(name)))
            {
                name = "*";
                path = Below(parent, name);
            }

            ulong own = name == "*" || isEscaped ? Hash(parent.Hash, Encoding.UTF8.GetBytes(name)) : hash;
            if (Find(own) is { } known)
            {
                return known;
            }

            if (!isItem && !isDeclared && parent.Children >= MostNames && name != "*")
            {
                Collapse(parent);
                return Find(Hash(parent.Hash, "*"u8)) ?? Made(parent, "*", Below(parent, "*"), Hash(parent.Hash, "*"u8), into);
            }

            return Made(parent, name, path, own, into);
        }
    }

    private ShapeNode? Made(ShapeNode parent, string name, string path, ulong hash, Observation? into)
    {
        if (nodes.Count >= options.Fields && !critical.ContainsKey(path) && !around.ContainsKey(path))
        {
            HasNews |= !IsFull;
            IsFull = true;
            return null;
        }

        var field = critical.GetValueOrDefault(path) ?? (around.TryGetValue(path, out var meaning) ? new CriticalField(path, meaning) : null);
        bool isPersonal = parent.IsPersonal || (name is not ("[]" or "*") && PersonalFields.Names(name)) || shape.Personal.Contains(path, StringComparer.Ordinal);
        var node = Put(new ShapeNode(parent, name, path, hash)
        {
            IsPersonal = isPersonal,
            IsFree = (isPersonal || field is not null) && field?.Meaning is not CriticalMeaning.Currency,
            IsOpen = field is null && (shape.Open.Contains(path, StringComparer.Ordinal) || OpenNames.Contains(name)),
            Critical = field,
            CriticalIndex = field is null ? -1 : criticals.Count,
            // What was not there in the documents before was not always there.
            AbsentDelta = field is null || into is null ? 0 : (int)Math.Min(parent.Of(ShapeKind.Object), int.MaxValue),
            SeenAt = parent.Objects,
            MarkedAt = parent.Objects,
        });
        if (field is not null && parent.ParentIndex < 0)
        {
            parent.ParentIndex = parents++;
        }

        into?.NewNodes.Add(node);
        HasNews = true;
        return node;
    }

    private ShapeNode Put(ShapeNode node)
    {
        nodes.Add(node);
        if (node.Parent is { } parent)
        {
            parent.Children++;
        }

        if (node.CriticalIndex >= 0)
        {
            criticals.Add(node);
        }

        if (nodes.Count * 2 > slots.Length)
        {
            Rebuild(slots.Length * 2);
        }
        else
        {
            Slot(slots, node);
        }

        return node;
    }

    /// <summary>An object with so many names holds data by name: they become one.</summary>
    private void Collapse(ShapeNode parent)
    {
        parent.IsMap = true;
        var gone = new HashSet<ShapeNode>(ReferenceEqualityComparer.Instance);
        foreach (var node in nodes)
        {
            if (node.Parent is { } above && (gone.Contains(above) || ReferenceEquals(above, parent)) && node.CriticalIndex < 0 && node.ParentIndex < 0 && node.Name != "*")
            {
                gone.Add(node);
            }
        }

        nodes.RemoveAll(gone.Contains);
        parent.Children -= gone.Count(node => ReferenceEquals(node.Parent, parent));
        HasNews = true;
        Rebuild(slots.Length);
    }

    private void Rebuild(int size)
    {
        var rebuilt = new ShapeNode?[size];
        foreach (var node in nodes)
        {
            Slot(rebuilt, node);
        }

        slots = rebuilt;
    }

    private static void Slot(ShapeNode?[] into, ShapeNode node)
    {
        uint i = (uint)node.Hash & (uint)(into.Length - 1);
        while (into[i] is not null)
        {
            i = (i + 1) & (uint)(into.Length - 1);
        }

        Volatile.Write(ref into[i], node);
    }

    // A dot in a name must not look like a step down.
    private static string Below(ShapeNode parent, string name) => (parent.Path.Length == 0 ? "" : parent.Path + ".") + name.Replace(".", "\\.", StringComparison.Ordinal);

    private static readonly HashSet<string> OpenNames = new(StringComparer.Ordinal) { "meta_data", "metafields", "note_attributes", "custom_attributes", "additional_information", "customData", "attributes" };
}
