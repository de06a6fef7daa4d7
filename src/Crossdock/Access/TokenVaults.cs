using System.Collections.Concurrent;
using Crossdock.Model;
using Crossdock.Model.Connectors;
using Microsoft.AspNetCore.DataProtection;

namespace Crossdock.Access;

/// <summary>This node's vaults, one per connection, kept when a connection is prepared anew.</summary>
internal sealed class TokenVaults(TokenStore store, IDataProtectionProvider protection, TimeProvider clock)
{
    private readonly ConcurrentDictionary<ConnectionId, TokenVault> vaults = new();

    /// <summary>All that were used on this node.</summary>
    public IEnumerable<(ConnectionId Connection, TokenVault Vault)> All => vaults.Select(pair => (pair.Key, pair.Value));

    public ITokenVault Of(ConnectionId connection) => vaults.GetOrAdd(connection, id =>
        new TokenVault(id, store, protection.CreateProtector("crossdock.token", id.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)), clock));
}
