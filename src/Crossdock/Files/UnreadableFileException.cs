namespace Crossdock.Files;

/// <summary>The file cannot be read as a whole; the message says why and what to do, for whoever uploaded it.</summary>
internal sealed class UnreadableFileException(string message) : Exception(message);
