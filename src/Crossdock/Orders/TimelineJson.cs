using System.Text.Json.Serialization;

namespace Crossdock.Orders;

/// <summary>The timeline's stored form.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<TimelineEntry>))]
public sealed partial class TimelineJson : JsonSerializerContext;
