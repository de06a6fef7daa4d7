using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Magento;

/// <summary>What a connection is asked for, with where to find it in Magento's administration.</summary>
internal static class MagentoFields
{
    internal static IReadOnlyList<SettingField> Settings { get; } =
    [
        new()
        {
            Name = "baseUrl", Label = "Shop address", Type = SettingType.Url,
            Help = "The shop's address as the browser shows it, for example https://tienda.example/; with /index.php at its end where the shop has no URL rewriting. Needed for reading; not for messages alone.",
        },
        new()
        {
            Name = "storeCode", Label = "Store view's code", Default = "all",
            Help = "In which store view's name the API is called: Stores → All Stores, field Code. Leave all.",
        },
        new()
        {
            Name = "storeIds", Label = "Store views", Type = SettingType.List,
            Help = "Numbers of the store views whose orders count; empty for all. The number stands in the address of the view's page under Stores → All Stores; orders carry it as attribute store_id.",
        },
        new()
        {
            Name = "statusMap", Label = "Own statuses", Type = SettingType.Table,
            Help = "What the shop's own statuses mean, for example shipped_by_courier: in_shipment. Comes before what their state means. The statuses: Stores → Order Status, column Status Code.",
        },
        new()
        {
            Name = "completeMeans", Label = "“Complete” means", Type = SettingType.Choice, Default = "in_shipment", Choices = ["in_shipment", "delivered"],
            Help = "Magento completes an order when it is invoiced and shipped (in_shipment); choose delivered where the shop makes shipments only afterwards.",
        },
        new()
        {
            Name = "shipsWhenNew", Label = "Payment methods that ship at once", Type = SettingType.List, Default = string.Join(", ", MagentoSettings.DefaultCashMethods),
            Help = "Codes of payment methods whose orders go to the courier while Magento still calls them new (pending). All others wait until the shop has invoiced them. Codes: any order's payment.",
        },
        new()
        {
            Name = "cashMethods", Label = "Cash on delivery", Type = SettingType.List, Default = string.Join(", ", MagentoSettings.DefaultCashMethods),
            Help = "Codes of payment methods whose money the courier collects.",
        },
        StoreFields.WeightUnit("Stores → Configuration → General → Locale Options → Weight Unit.", "kgs", "lbs"),
        new()
        {
            Name = "streetLines", Label = "Lines of a street", Type = SettingType.List,
            Help = "What each line of a street address holds, in order: street, houseNumber, extra, district. Empty: the first is the street, the others are additions. Their number: Stores → Configuration → Customers → Customer Configuration.",
        },
        new()
        {
            Name = "oddSums", Label = "Sums that do not add up", Type = SettingType.Choice, Default = "hold", Choices = ["hold", "accept"],
            Help = "Modules of a shop may add fees of their own to a total. hold: a person looks at the order; accept: the total counts as it is.",
        },
        new()
        {
            Name = "pageSize", Label = "Orders per page", Type = SettingType.Number, Default = "100", Minimum = 1, Maximum = 300,
            Help = "How many orders one call reads. Make it smaller where the shop is slow or limits it (Stores → Configuration → Services → Web Api Limits).",
        },
        new()
        {
            Name = "adminUser", Label = "Administrator",
            Help = "Only where no integration can be made: name of an administrator's account without two-factor sign-in. Its token lasts four hours and is renewed by itself.",
        },
        StoreFields.TellStatus("Whether the shop learns that the courier has taken over (comment), shipped (shipment with tracking number) and delivered (comment) an order."),
        new()
        {
            Name = "notifyBuyer", Label = "Mail to the buyer", Type = SettingType.Switch, Default = "true",
            Help = "Whether the shop sends its own mail when a shipment is made.",
        },
        new()
        {
            Name = "sourceCode", Label = "Source of stock",
            Help = "Only for shops with several sources (MSI): the code of the one from which shipments are made, Stores → Sources.",
        },
        new()
        {
            Name = "deliveredStatus", Label = "Status when delivered",
            Help = "Status that an order gets when it was delivered; it must belong to the state complete (Stores → Order Status). Empty: only a comment.",
        },
        new()
        {
            Name = "onCancelled", Label = "When a delivery is called off", Type = SettingType.Choice, Default = "comment", Choices = ["comment", "hold", "cancel"],
            Help = "What the shop is told: a comment, on hold, or cancelled (works only before invoicing).",
        },
        new()
        {
            Name = "manageAsyncEvents", Label = "Keep async events", Type = SettingType.Switch, Default = "false",
            Help = "Only with the modules mage-os/mageos-async-events and mage-os/mageos-common-async-events: the hub registers its address there and puts it back when it is gone. Needs MageOS_AsyncEvents::manage.",
        },
        new()
        {
            Name = "adobeClientId", Label = "Adobe client id",
            Help = "Only with Adobe I/O Events: the client id of the credential in the Adobe Developer Console to which the events are registered.",
        },
        new()
        {
            Name = "adobePublicKeys", Label = "Adobe's public keys", Type = SettingType.List,
            Help = "Only with Adobe I/O Events: the two PEM texts behind the headers x-adobe-public-key1-path and -key2-path at https://static.adobeioevents.com. Adobe changes them now and then; give both.",
        },
    ];

    internal static IReadOnlyList<SettingField> Secrets { get; } =
    [
        new()
        {
            Name = "webhookSecret", Label = "Webhook secret",
            Help = "Made up by you, at least 32 characters. Enter the same in our module (Stores → Configuration → Services → Crossdock); for async events it is the verification token.",
        },
        new()
        {
            Name = "accessToken", Label = "Access token",
            Help = "System → Integrations → Add New Integration; permissions Sales → Operations → Orders (view, and for the way back ship, comment, hold, cancel). Shown when the integration is activated.",
        },
        new() { Name = "accessTokenSecret", Label = "Access token secret", Help = "Shown beside the access token. With all four values every call is signed (OAuth 1.0a), which works in every version." },
        new() { Name = "consumerKey", Label = "Consumer key", Help = "Shown beside the access token." },
        new() { Name = "consumerSecret", Label = "Consumer secret", Help = "Shown beside the access token." },
        new() { Name = "adminPassword", Label = "Administrator's password", Help = "Only with the administrator's name, where no integration can be made." },
    ];
}
