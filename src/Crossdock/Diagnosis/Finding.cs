namespace Crossdock.Diagnosis;

/// <summary>How a thing that was looked at stands.</summary>
public enum FindingState
{
    /// <summary>As it should be.</summary>
    Good = 0,
    /// <summary>The hub works; somebody should see to it before it becomes worse.</summary>
    Advice = 1,
    /// <summary>The hub cannot do all it should.</summary>
    Wrong = 2,
}

/// <summary>One thing that <c>doctor</c> looked at.</summary>
/// <param name="Check">What, in one stable word: disk, clock, queue, ...</param>
/// <param name="State">How it stands.</param>
/// <param name="Sentence">What was found, in a plain sentence.</param>
/// <param name="Remedy">What to do; null where there is nothing to do.</param>
public sealed record Finding(string Check, FindingState State, string Sentence, string? Remedy = null)
{
    public static Finding Good(string check, string sentence) => new(check, FindingState.Good, sentence);

    public static Finding Advice(string check, string sentence, string remedy) => new(check, FindingState.Advice, sentence, remedy);

    public static Finding Wrong(string check, string sentence, string remedy) => new(check, FindingState.Wrong, sentence, remedy);
}

/// <summary>From where on something is told.</summary>
public sealed record DiagnosisLimits
{
    /// <summary>Free bytes of a disk below which nothing goes any more.</summary>
    public long LeastFreeBytes { get; init; } = 512L * 1024 * 1024;
    /// <summary>Free bytes below which somebody should see to it.</summary>
    public long FewFreeBytes { get; init; } = 5L * 1024 * 1024 * 1024;
    /// <summary>Inodes in use, in percent, from which somebody should see to it.</summary>
    public int ManyInodesPercent { get; init; } = 90;
    /// <summary>Open files that a process has to be allowed.</summary>
    public long LeastFiles { get; init; } = 4096;
    /// <summary>Clocks that differ by more break leases.</summary>
    public TimeSpan ClockBreaks { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Clocks that differ by more are told.</summary>
    public TimeSpan ClockDiffers { get; init; } = TimeSpan.FromSeconds(3);
    /// <summary>A transaction that is open for longer keeps dead rows from being cleaned up.</summary>
    public TimeSpan LongTransaction { get; init; } = TimeSpan.FromMinutes(30);
    /// <summary>Dead rows of one table from which they are told.</summary>
    public long ManyDeadRows { get; init; } = 500_000;
    /// <summary>Work that is due for longer is told.</summary>
    public TimeSpan OldWork { get; init; } = TimeSpan.FromMinutes(2);
    /// <summary>Work that is due for longer is wrong.</summary>
    public TimeSpan VeryOldWork { get; init; } = TimeSpan.FromMinutes(15);
}
