using System.Text.Json;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Http;

/// <summary>Where a courier's document has the tracking, and what stands in where it says less than a buyer needs.</summary>
internal sealed record HttpTracking(JsonPointer? Number, JsonPointer? Carrier, JsonPointer? Url, string? UsualCarrier, string? UsualUrl)
{
    private const int Longest = 300;

    internal static HttpTracking None { get; } = new(null, null, null, null, null);

    /// <summary>Reads the three pointers; the usual carrier and address stand beside them or in <paramref name="usual"/>.</summary>
    internal static HttpTracking Read(SettingsReader? reader, HttpTracking usual)
    {
        if (reader is null)
        {
            return None with { UsualCarrier = usual.UsualCarrier, UsualUrl = usual.UsualUrl };
        }

        var tracking = new HttpTracking(reader.Pointer("number"), reader.Pointer("carrier"), reader.Pointer("url"), usual.UsualCarrier, usual.UsualUrl);
        reader.Close();
        return tracking;
    }

    /// <summary>Carrier and address that hold for everything this courier carries.</summary>
    internal static HttpTracking Usual(SettingsReader? reader)
    {
        string? carrier = reader?.Text("carrier");
        string? url = reader?.Text("trackingUrl");
        if (url is not null && (!url.Contains("{number}", StringComparison.Ordinal) || Address(url.Replace("{number}", "1", StringComparison.Ordinal)) is null))
        {
            reader!.Problem("trackingUrl", "must be an http or https address with {number} in it, for example https://courier.example/track/{number}");
            url = null;
        }

        return new HttpTracking(null, null, null, carrier, url);
    }

    /// <summary>What the document says; null when it names no number and no address.</summary>
    internal Tracking? In(JsonElement document)
    {
        string? number = Short(Number?.FindText(document));
        string? url = Address(Url?.FindText(document));
        if (number is null && url is null)
        {
            return null;
        }

        url ??= number is null ? null : UsualUrl?.Replace("{number}", Uri.EscapeDataString(number), StringComparison.Ordinal);
        return new Tracking(number, Short(Carrier?.FindText(document)) ?? UsualCarrier, url);
    }

    private static string? Short(string? text) => text?.Trim() is { Length: > 0 and <= Longest } said && !said.Any(char.IsControl) ? said : null;

    // A buyer follows it: nothing but a web address.
    private static string? Address(string? text) => text?.Length <= 2000 && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? text : null;
}
