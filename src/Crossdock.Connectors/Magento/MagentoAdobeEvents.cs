using System.Security.Cryptography;
using System.Text.Json;
using Crossdock.Connectors.Payloads;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>Events of Adobe I/O: signed by Adobe with one of two RSA keys for all customers, and addressed to one client id in the body.</summary>
internal sealed class MagentoAdobeEvents
{
    /// <summary>Before the name of every event of a shop.</summary>
    internal const string Prefix = "com.adobe.commerce.";

    private static readonly string[] SignatureHeaders = ["x-adobe-digital-signature-1", "x-adobe-digital-signature-2"];

    private readonly List<byte[]> keys;
    private readonly string? clientId;

    internal MagentoAdobeEvents(MagentoSettings settings) => (keys, clientId) = ([.. settings.AdobePublicKeys.Select(Import).OfType<byte[]>()], settings.AdobeClientId);

    /// <summary>The key's bytes; null when the text is no RSA public key.</summary>
    internal static byte[]? Import(string pem)
    {
        try
        {
            using var rsa = RSA.Create();
            rsa.ImportFromPem(pem);
            return rsa.KeySize >= 2048 ? rsa.ExportSubjectPublicKeyInfo() : null;
        }
        catch (Exception wrong) when (wrong is ArgumentException or CryptographicException)
        {
            return null;
        }
    }

    internal static bool IsOne(in WebhookRequest request) => request.Headers[SignatureHeaders[0]] is not null || request.Headers[SignatureHeaders[1]] is not null;

    internal SignatureCheck Check(in WebhookRequest request)
    {
        if (keys.Count == 0 || clientId is null)
        {
            return SignatureCheck.Refused("wrong");
        }

        bool isReadable = false;
        byte[] sent = new byte[1024];
        foreach (string name in SignatureHeaders)
        {
            if (request.Headers[name] is not { Length: > 0 and <= 1024 } header || !Convert.TryFromBase64String(header, sent, out int length))
            {
                continue;
            }

            isReadable = true;
            foreach (byte[] key in keys)
            {
                using var rsa = RSA.Create();
                rsa.ImportSubjectPublicKeyInfo(key, out _);
                if (rsa.VerifyData(request.Body.Span, sent.AsSpan(0, length), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))
                {
                    return IsForUs(request.Body) ? SignatureCheck.Valid : SignatureCheck.Refused("wrong");
                }
            }
        }

        return SignatureCheck.Refused(isReadable ? "wrong" : "malformed");
    }

    /// <summary>The event's name without Adobe's prefix; null when the document is no event of a shop.</summary>
    internal static string? NameOf(JsonElement root) =>
        JsonFields.Text(root, "type") is { } type && type.StartsWith(Prefix, StringComparison.Ordinal) && type.Length > Prefix.Length ? type[Prefix.Length..] : null;

    /// <summary>The object that the event tells of: model data, not a REST document.</summary>
    internal static JsonElement ValueOf(JsonElement root) => JsonFields.Block(JsonFields.Block(root, "data"), "value");

    /// <summary>The order that it concerns: of an order its own id, which may be left out, then its parts'.</summary>
    internal static string? OrderIdOf(string name, JsonElement value)
    {
        if (name.Contains("sales_order_save", StringComparison.Ordinal) || name.Contains("sales_order_place", StringComparison.Ordinal) || name.EndsWith("order_management.place", StringComparison.Ordinal))
        {
            return MagentoText.Id(value, "entity_id") ?? JsonFields.Items(value, "items").Select(item => MagentoText.Id(item, "order_id")).FirstOrDefault(id => id is not null) ?? MagentoText.Id(JsonFields.Block(value, "payment"), "parent_id");
        }

        if (!name.Contains("sales_order_", StringComparison.Ordinal) && !name.Contains("rma", StringComparison.Ordinal))
        {
            return null;
        }

        return MagentoText.Id(value, "order_id") ?? (name.Contains("status_history", StringComparison.Ordinal) ? MagentoText.Id(value, "parent_id") : null)
            ?? MagentoText.Id(JsonFields.Block(value, "order"), "entity_id");
    }

    private bool IsForUs(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return (JsonFields.Text(document.RootElement, "recipient_client_id") ?? JsonFields.Text(document.RootElement, "recipientclientid")) == clientId;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
