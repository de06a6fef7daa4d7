using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Configuration;

/// <summary>Fields that the forms of several platforms have in common; what they mean there is their own help.</summary>
internal static class StoreFields
{
    /// <summary>Whether the shop learns how its orders get on. The hub knows this one by its name.</summary>
    internal static SettingField TellStatus(string help) => Switch("tellStatus", "Tell the shop", false, help);

    /// <summary>The unit of the weights in the platform's documents.</summary>
    internal static SettingField WeightUnit(string help, params IReadOnlyList<string> units) =>
        new() { Name = "weightUnit", Label = "Unit of weight", Type = SettingType.Choice, Default = units[0], Choices = units, Help = help };

    /// <summary>Names of payment methods that the courier collects.</summary>
    internal static SettingField CashOnDelivery(IReadOnlyCollection<string> names, string help) =>
        new() { Name = "cashOnDelivery", Label = "Paid at the door", Type = SettingType.List, Default = string.Join(", ", names), Help = help };

    /// <summary>Yes or no.</summary>
    internal static SettingField Switch(string name, string label, bool isOn, string help) => new() { Name = name, Label = label, Type = SettingType.Switch, Default = isOn ? "true" : "false", Help = help };
}
