using Crossdock.Database;
using Npgsql;

namespace Crossdock.Accounts;

/// <summary>Whether anybody has an account yet. Once true, for good: users are never deleted.</summary>
public sealed class UserDirectory(NpgsqlDataSource database)
{
    private const string Any = "SELECT EXISTS (SELECT FROM users)";

    private volatile bool isKnown;

    /// <summary>True when there is any user.</summary>
    public async ValueTask<bool> AnyAsync(CancellationToken cancellationToken) => isKnown || (isKnown = await database.ReadOneAsync<bool>(Any, null, cancellationToken));

    internal void Created() => isKnown = true;
}
