namespace Crossdock.Accounts;

/// <summary>What is said about passwords where one is chosen.</summary>
public static class PasswordWords
{
    /// <summary>The rule in one line.</summary>
    public const string Rule = "At least 12 characters. A sentence with spaces is fine; what everybody chooses is refused.";
}
