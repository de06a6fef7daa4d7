using Crossdock.Access;
using Crossdock.Connections;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Crossdock.Tests.Access;

internal static class AccessParts
{
    internal static AccessPreparation Preparation(OutgoingHttp http, NpgsqlDataSource database, TimeProvider clock) =>
        new(http, new RequestBudgets(clock), new TokenVaults(new TokenStore(database), new EphemeralDataProtectionProvider(), clock), clock);
}
