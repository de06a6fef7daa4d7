using System.Net;
using Crossdock.Connections;
using Microsoft.Extensions.Options;

namespace Crossdock.Webhooks;

/// <summary>What an address of a webhook may be. Where its name leads to is checked with every call.</summary>
internal sealed class WebhookAddress(IOptions<ConnectionsOptions> options)
{
    private const int Longest = 2000;

    /// <summary>What is wrong with it, for people; null when nothing is.</summary>
    public string? Problem(string? url)
    {
        if (string.IsNullOrWhiteSpace(url) || url.Length > Longest || !Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http"))
        {
            return "url must be the full address that shall be called, such as https://erp.example.com/crossdock.";
        }

        bool mayBePrivate = options.Value.AllowPrivateAddresses;
        return address switch
        {
            { UserInfo.Length: > 0 } => "url must have no name and password in it: calls are signed instead (docs/webhooks.md).",
            { Fragment.Length: > 0 } => "url must have no part after #: it would not be sent.",
            { Scheme: "http" } when !mayBePrivate => "url must begin with https://: what is told are people's orders. (Plain http is allowed together with private addresses, Crossdock__Connections__AllowPrivateAddresses.)",
            _ when !mayBePrivate && (address.IsLoopback || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && !OutgoingHttp.IsPublic(literal))) =>
                "url leads to a private address, which is not allowed (Crossdock__Connections__AllowPrivateAddresses).",
            _ => null,
        };
    }
}
