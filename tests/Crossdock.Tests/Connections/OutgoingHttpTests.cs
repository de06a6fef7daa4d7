using System.Net;
using Crossdock.Connections;
using Microsoft.Extensions.Options;
using Xunit;

namespace Crossdock.Tests.Connections;

public sealed class OutgoingHttpTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("fe80::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("2002:a00:1::")]
    public void Private_address_is_not_public(string address) => Assert.False(OutgoingHttp.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700:4700::1111")]
    public void Public_address_is_public(string address) => Assert.True(OutgoingHttp.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://localhost:9/")]
    [InlineData("http://[::1]:9/")]
    public async Task Private_network_is_refused_before_connecting(string address)
    {
        using var http = new OutgoingHttp(Options.Create(new ConnectionsOptions()));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => http.Client.GetAsync(new Uri(address)));
        Assert.Contains("private address", refused.Message, StringComparison.Ordinal);
    }
}
