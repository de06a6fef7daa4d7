using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Crossdock.Testing;

/// <summary>The background roles of a node that a test built.</summary>
public static class NodeRoles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Stops them, the last started first. A node that was killed fails at it and says nothing more.</summary>
    public static async Task StopRolesAsync(this IServiceProvider services, Func<bool> isDead)
    {
        foreach (var role in services.GetServices<IHostedService>().Reverse())
        {
            try
            {
                using var patience = new CancellationTokenSource(Patience);
                await role.StopAsync(patience.Token);
            }
            catch (Exception exception) when (isDead() && exception is ObjectDisposedException or OperationCanceledException or NpgsqlException)
            {
                // It is dead: nobody hears what it says.
            }
        }
    }
}
