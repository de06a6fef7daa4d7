using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Custom;

/// <summary>A home-made shop's settings, understood. Without fields it speaks Crossdock's own JSON.</summary>
internal sealed record CustomSettings(CustomSignature Signature, CustomEnvelope Envelope, DeclaredFields? Fields)
{
    internal static CustomSettings Read(ConnectionSettings connection, List<SettingProblem> problems)
    {
        var root = new SettingsReader(connection.Settings, "settings", problems);
        var signature = CustomSignature.Read(root.Group("signature"), connection, problems);
        bool hasEnvelope = root.Has("envelope");
        var envelope = CustomEnvelope.Read(root.Group("envelope"));
        var fields = root.Group("fields") is { } reader ? DeclaredFields.Read(reader) : null;
        if (hasEnvelope && fields is null)
        {
            root.Problem("fields", "is missing: an envelope of your own needs fields, a table from our names to yours; without both, the shop sends Crossdock's own JSON");
        }

        root.Close();
        return new CustomSettings(signature, envelope, fields);
    }
}
