namespace Crossdock.WebConsole.Shared;

/// <summary>What a person can do about what stopped an order, and what releasing it does.</summary>
internal static class Advice
{
    public static string DeadLetter => T["It is not tried again by itself. Mend the cause at the destination or in its settings and retry; correct what is sent and retry; or drop it when it is not wanted any more."];
    public static string Untold => T["The order itself goes on. It is not tried again by itself: mend the cause in the shop or in its connection's settings and retry, or drop it when somebody has told the shop otherwise."];
    public static string Paused => T["It waits, and goes on by itself once the destination is enabled again (enabled: true in the configuration). Drop it when it is not wanted any more."];
    public static string Parked => T["The event is kept unchanged. Mend the cause (the connection's mapping or settings, or the document in the shop) and replay it."];
    public static string Early => T["It speaks of an order that has not arrived yet, and is worked by itself as soon as it does. Nothing needs to be done unless the order should have come long ago."];

    /// <summary>One or two sentences for a hold's code.</summary>
    public static string For(string code) => code switch
    {
        "rule" => T["A rule of the store stopped it. Do what the rule asks for; releasing then sends the order on."],
        "operator" => T["A colleague stopped it. Releasing sends the order on."],
        "delivery_refused" => T["The destination refuses the order as it is. Have it corrected in the shop (the correction is taken over), or edit what is sent. Releasing sends it again."],
        "changed_after_delivery" => T["Tell the destination of the change by mail or phone. Releasing sends nothing; it says that this is settled."],
        "cancelled_after_delivery" => T["Ask the destination by mail or phone not to ship it. Releasing sends nothing; it says that this is settled."],
        "cancelled_by_destination" => T["One destination called the order off, and another still has it. Cancel the order, or settle it with the destination; releasing sends nothing."],
        "address_withheld" or "address_missing" => T["Complete the address in the shop: the new version is taken over by itself and ends the hold. Releasing sends the order as it is."],
        "unknown_status" => T["Look at the order in the shop. Releasing sends it on under the status that Crossdock knows."],
        "drift" => T["Look at the change on the connection's page: accept it if it is right, and all its orders go on; otherwise have the connector mended and work them again. Releasing sends this one order on as it is."],
        "edit_conflict" => T["Choose which value counts, field by field; the order then goes on by itself. Releasing sends it as it was written here."],
        "second_person" => T["Somebody other than who changed it looks at what was changed, and releases it; then it goes on."],
        "too_many_packages" => T["Check the quantities and the store's rule for packages. Releasing sends it on as it is."],
        _ => T["Look at the order and what was received. Releasing sends it on as it is."],
    };
}
