using System.Text.Json;

namespace Crossdock.Drift;

/// <summary>Walks a document once, forward, over its bytes, and notes which known places it has, and of what kind. Allocates nothing for a document whose places are all known.</summary>
internal static class ShapeScanner
{
    public const int MaxDepth = 64;

    /// <summary>Walks; false for what is no JSON.</summary>
    public static bool Walk(ReadOnlySpan<byte> body, ShapeBook book, Observation into)
    {
        into.Clear();
        try
        {
            int skipped = body.StartsWith("\uFEFF"u8) ? 3 : 0;
            return Walk(body[skipped..], skipped, book, into);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Walk(ReadOnlySpan<byte> body, int skipped, ShapeBook book, Observation into)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
        var frames = into.Frames;
        int depth = -1;
        ShapeNode? at = book.Root;
        while (reader.Read())
        {
            if (at is null && reader.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                ref var list = ref frames[depth];
                list.HasItems = true;
                at = list.Items ??= book.Child(list.Node, "[]"u8, false, into) ?? book.Beyond;
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    at = book.Child(frames[depth].Node, reader.ValueSpan, reader.ValueIsEscaped, into);
                    if (at is null)
                    {
                        reader.Skip();
                    }

                    break;
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    bool isList = reader.TokenType == JsonTokenType.StartArray;
                    int sight = into.Count;
                    into.Add(at!, isList ? ShapeKind.List : ShapeKind.Object, (int)reader.TokenStartIndex + skipped, 1);
                    if (at!.IsOpen)
                    {
                        reader.Skip();
                    }
                    else
                    {
                        frames[++depth] = new ScanFrame { Node = at, Sight = sight };
                    }

                    at = null;
                    break;
                case JsonTokenType.EndObject:
                case JsonTokenType.EndArray:
                    if (reader.TokenType == JsonTokenType.EndArray && !frames[depth].HasItems)
                    {
                        into.SetKind(frames[depth].Sight, ShapeKind.EmptyList);
                    }

                    depth--;
                    at = null;
                    break;
                default:
                    Leaf(ref reader, at!, skipped, book, into);
                    at = null;
                    break;
            }
        }

        return depth == -1 && into.Count > 0;
    }

    private static void Leaf(ref Utf8JsonReader reader, ShapeNode node, int skipped, ShapeBook book, Observation into)
    {
        int start = (int)reader.TokenStartIndex + skipped;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                into.Add(node, ShapeKind.Null, start, 4);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                into.Add(node, ShapeKind.Boolean, start, reader.ValueSpan.Length);
                break;
            case JsonTokenType.Number:
                into.Add(node, ShapeKinds.OfNumber(reader.ValueSpan), start, reader.ValueSpan.Length);
                break;
            default:
                var kind = ShapeKinds.OfText(reader.ValueSpan);
                into.Add(node, kind, start + 1, reader.ValueSpan.Length);
                if (kind is ShapeKind.Text && !node.IsFree)
                {
                    book.Word(node, reader.ValueSpan, into);
                }

                break;
        }
    }
}
