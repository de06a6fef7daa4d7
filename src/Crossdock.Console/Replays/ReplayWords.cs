using System.Globalization;
using Crossdock.Replays;
using Crossdock.WebConsole.Shared;

namespace Crossdock.WebConsole.Replays;

/// <summary>How the console words replays.</summary>
internal static class ReplayWords
{
    public static string Window(ReplayRow row) => T[$"{Day(row.From)} to {Day(row.To)}"];

    public static string Stores(ReplayRow row) => row.Connections.Count <= 4 ? string.Join(", ", row.Connections) : T[$"{row.Connections.Count} stores"];

    public static string Percent(double share) => share.ToString("0.0 %", Formats);

    public static string Whole(long count) => count.ToString("N0", Formats);

    public static string Tone(string state) => state switch { "done" => "good", "running" => "accent", "stopped" => "warn", "failed" => "bad", _ => "" };

    public static string ToneOfKind(string kind) => kind switch { "excluded" or "held" or "not_understood" => "warn", "included" or "released" or "new_order" => "good", "deliveries" or "state" => "accent", _ => "" };

    public static string Kind(string kind) => kind switch
    {
        "excluded" => T["Would be excluded"],
        "included" => T["Would no longer be excluded"],
        "state" => T["Would be in another state"],
        "held" => T["Would be held"],
        "released" => T["Would no longer be held"],
        "lines" => T["Other lines, or lines left out"],
        "packages" => T["Other packages"],
        "deliveries" => T["Deliveries would be made, changed or called off"],
        "fields" => T["Other fields"],
        "new_order" => T["Orders that the hub does not have yet"],
        "not_understood" => T["Their event is not understood any more"],
        "not_kept" => T["Their event is no longer kept"],
        _ => Say.Name(kind),
    };

    public static string Standing(ReplayRow row) => row.State switch
    {
        "running" when row.StartedAt is null => T["waits for its turn: one replay at a time"],
        "running" => T["nothing is sent or changed; live orders go first"],
        "stopped" => T["stopped where it was"],
        "done" when row.Different == 0 => T["no order would be different"],
        "done" => T["look, choose, and apply what is right"],
        "failed" => T["it cannot go on"],
        _ => "",
    };

    public static string Choice(ReplayApplicationRow one)
    {
        string what = one.Kinds.Count == 0 ? T["all"] : string.Join(", ", one.Kinds.Select(Say.Name));
        return one.Named is { } named ? T[$"{Say.Count(named, "order")} named"] : one.IncludeShipped ? T[$"{what}, sent ones too"] : what;
    }

    public static string Left(long seconds) => seconds switch
    {
        < 90 => $"{seconds} s",
        < 5400 => $"{(seconds + 30) / 60} min",
        _ => string.Create(Formats, $"{seconds / 3600.0:0.#} h"),
    };

    private static string Day(DateTimeOffset at) => at.UtcDateTime.ToString(at.UtcDateTime.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
