namespace Crossdock.Database;

/// <summary>Where and how a private PostgreSQL runs.</summary>
public sealed record PrivatePostgresOptions
{
    /// <summary>The hub's data folder; the server's files go into <c>postgres</c> below it.</summary>
    public required string DataFolder { get; init; }

    /// <summary>True keeps fsync, full_page_writes and synchronous_commit on, always. False is for throw-away test servers that do not test durability. Default true.</summary>
    public bool IsDurable { get; init; } = true;

    /// <summary>The database to create and connect to. Default <c>crossdock</c>.</summary>
    public string Database { get; init; } = "crossdock";

    /// <summary>shared_buffers in megabytes. Default 512; 16 or more.</summary>
    public int SharedBuffersMegabytes { get; init; } = 512;

    /// <summary>How long start and stop may take, in seconds. Default 120: after a crash the log of up to 4 GB is read again.</summary>
    public int TimeoutSeconds { get; init; } = 120;
}

/// <summary>The private PostgreSQL cannot run here. The message says why and what to do, in words for an operator.</summary>
public sealed class PrivatePostgresException : Exception
{
    public PrivatePostgresException() { }
    public PrivatePostgresException(string message) : base(message) { }
    public PrivatePostgresException(string message, Exception innerException) : base(message, innerException) { }
}
