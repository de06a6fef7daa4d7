using Microsoft.Extensions.Options;

namespace Crossdock.Capture;

/// <summary>The memory that bodies of calls under way may take together, from their first byte to their answer.</summary>
internal sealed class BodyBudget(IOptions<CaptureOptions> options)
{
    private readonly long limit = options.Value.BodyBytes;
    private long taken;

    /// <summary>False when there is no room for so much: nothing is taken then.</summary>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref taken, bytes) <= limit)
        {
            return true;
        }

        GiveBack(bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void GiveBack(int bytes) => Interlocked.Add(ref taken, -bytes);
}
