using System.Security.Cryptography;
using System.Text;
using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;

namespace Crossdock.Connectors.Http;

/// <summary>How a destination is told who calls.</summary>
internal abstract record HttpAuthentication
{
    /// <summary>What must not be logged.</summary>
    internal virtual IEnumerable<string> Secrets => [];

    internal static HttpAuthentication Read(SettingsReader root, ConnectionSettings connection)
    {
        if (root.Raw("auth") is { ValueKind: System.Text.Json.JsonValueKind.String } text)
        {
            if (text.GetString() is not ("none" or ""))
            {
                root.Problem("auth", "must be none or an object with one of basic, bearer, header, hmac, oauth2");
            }

            return new None();
        }

        if (root.Group("auth") is not { } reader)
        {
            return new None();
        }

        List<HttpAuthentication> found = [];
        _ = reader.Has("none");
        if (reader.Group("basic") is { } basic)
        {
            found.Add(new Basic(basic.Text("user", isRequired: true) ?? "", SecretOf(basic, "password", connection, "password")));
            basic.Close();
        }

        if (reader.Has("bearer"))
        {
            found.Add(new Header("Authorization", "Bearer " + SecretOf(reader, "bearer", connection, "bearer")));
        }

        if (reader.Group("header") is { } header)
        {
            found.Add(new Header(HeaderName(header, "name"), SecretOf(header, "value", connection, "headerValue")));
            header.Close();
        }

        if (reader.Group("hmac") is { } hmac)
        {
            found.Add(new Hmac(
                HeaderName(hmac, "header"), hmac.Choice("algorithm", "sha256", "sha1", "sha256", "sha512"), hmac.Choice("encoding", "hex", "hex", "base64") == "hex",
                hmac.Text("prefix") ?? "", SecretOf(hmac, "secret", connection, "hmacSecret")));
            hmac.Close();
        }

        if (reader.Group("oauth2") is { } oauth)
        {
            string? url = oauth.Text("tokenUrl", isRequired: true);
            if (url is not null && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            {
                oauth.Problem("tokenUrl", "must be an absolute http or https address");
                url = null;
            }
            else if (url is not null && new Uri(url).UserInfo.Length > 0)
            {
                oauth.Problem("tokenUrl", "must not contain a user name or password; use clientId and clientSecret");
                url = null;
            }

            found.Add(new OAuth2(new Uri(url ?? "http://invalid.invalid"), oauth.Text("clientId", isRequired: true) ?? "", SecretOf(oauth, "clientSecret", connection, "clientSecret"), oauth.Text("scope")));
            oauth.Close();
        }

        reader.Close();
        if (found.Count > 1)
        {
            root.Problem("auth", "must have only one of none, basic, bearer, header, hmac, oauth2");
        }

        return found.Count > 0 ? found[0] : new None();
    }

    private static string HeaderName(SettingsReader reader, string name)
    {
        string? text = reader.Text(name, isRequired: true);
        if (text is not null && !text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            reader.Problem(name, "is not a header name");
        }

        return text ?? "X-Missing";
    }

    // A secret may stand encrypted in the connection's secrets, or where it is used.
    private static string SecretOf(SettingsReader reader, string name, ConnectionSettings connection, string secretName)
    {
        // "true" says that it stands among the secrets; it is never the secret itself.
        string? value = (reader.Has(name) ? reader.Text(name) : null) is { } here and not "true" ? here : connection.Secret(secretName);
        if (value is null)
        {
            reader.Problem(name, $"is missing; set it here from the environment or as secrets.{secretName}");
        }
        else if (value.AsSpan().ContainsAny("\r\n"))
        {
            reader.Problem(name, "must be one line");
        }

        return value ?? "";
    }

    internal sealed record None : HttpAuthentication;

    internal sealed record Basic(string User, string Password) : HttpAuthentication
    {
        internal string Value { get; } = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

        internal override IEnumerable<string> Secrets => [Password, Value["Basic ".Length..]];
    }

    internal sealed record Header(string Name, string Value) : HttpAuthentication
    {
        internal override IEnumerable<string> Secrets => [Value.StartsWith("Bearer ", StringComparison.Ordinal) ? Value["Bearer ".Length..] : Value];
    }

    internal sealed record OAuth2(Uri TokenUrl, string ClientId, string ClientSecret, string? Scope) : HttpAuthentication
    {
        internal override IEnumerable<string> Secrets => [ClientSecret];
    }

    internal sealed record Hmac(string Name, string Algorithm, bool IsHex, string Prefix, string Secret) : HttpAuthentication
    {
        private readonly byte[] key = Encoding.UTF8.GetBytes(Secret);

        internal override IEnumerable<string> Secrets => [Secret];

        internal string Sign(ReadOnlySpan<byte> body)
        {
            Span<byte> hash = stackalloc byte[64];
            int length = Algorithm switch
            {
#pragma warning disable CA5350 // Some destinations still ask for SHA-1.
                "sha1" => HMACSHA1.HashData(key, body, hash),
#pragma warning restore CA5350
                "sha512" => HMACSHA512.HashData(key, body, hash),
                _ => HMACSHA256.HashData(key, body, hash),
            };
            return Prefix + (IsHex ? Convert.ToHexStringLower(hash[..length]) : Convert.ToBase64String(hash[..length]));
        }
    }
}
