using System.Text;
using System.Text.Json;
using Crossdock.Model.Connectors;
using Crossdock.Model.Orders;

namespace Crossdock.Connectors.Http;

/// <summary>What a template sees: the canonical order as tables, lists and plain values. Nothing in it has a method that does anything.</summary>
internal static class TemplateModel
{
    internal static Dictionary<string, object?> Read(DeliveryRequest request)
    {
        var reader = new Utf8JsonReader(request.Document.Span);
        var model = reader.Read() && Value(ref reader) is Dictionary<string, object?> order ? order : [];
        model["delivery"] = new Dictionary<string, object?>
        {
            ["id"] = request.Id.ToString(),
            ["kind"] = EnumNames<DeliveryKind>.Of(request.Kind),
            ["attempt"] = (decimal)request.Attempt,
        };
        model["orderId"] = request.OrderId.ToString();
        model["store"] = request.Store;
        model["remoteId"] = request.RemoteId;
        if (model.GetValueOrDefault("totals") is Dictionary<string, object?> totals)
        {
            model.TryAdd("total", totals.GetValueOrDefault("total"));
        }

        return model;
    }

    internal static string ToJson(object? value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length));
    }

    private static object? Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var table = new Dictionary<string, object?>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    table[name] = Value(ref reader);
                }

                return table;
            case JsonTokenType.StartArray:
                var list = new List<object?>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Value(ref reader));
                }

                return list.ToArray();
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Number:
                return reader.TryGetDecimal(out decimal number) ? number : reader.GetDouble();
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            default:
                return null;
        }
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case Dictionary<string, object?> table:
                writer.WriteStartObject();
                foreach (var (name, inner) in table)
                {
                    writer.WritePropertyName(name);
                    Write(writer, inner);
                }

                writer.WriteEndObject();
                break;
            case object?[] list:
                writer.WriteStartArray();
                foreach (object? inner in list)
                {
                    Write(writer, inner);
                }

                writer.WriteEndArray();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
