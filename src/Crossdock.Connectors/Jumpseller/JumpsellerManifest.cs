using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Jumpseller;

/// <summary>What a connection to Jumpseller needs, for forms and documentation.</summary>
internal static class JumpsellerManifest
{
    internal static ConnectorManifest Manifest { get; } = new()
    {
        Platform = "jumpseller",
        Title = "Jumpseller",
        TimeZone = "America/Santiago",
        Summary = "Receives a Jumpseller store's orders by signed webhooks, reads them for polling, backfill and reconciliation, and tells shipments with tracking back.",
        Settings =
        [
            new() { Name = "storeCode", Label = "Store code", IsRequired = true, Help = "The first part of the shop's address at jumpseller.com: tallerdelsur in tallerdelsur.jumpseller.com." },
            new() { Name = "manageHooks", Label = "Set up the webhooks", Type = SettingType.Switch, Default = "true", Help = "The hub registers its five order webhooks and puts them back when Jumpseller has paused them after eight failures. Needs a key." },
            StoreFields.TellStatus("Shipment requested when the courier has taken the order over, a manual fulfilment with tracking when it was sent, delivered when the buyer has it."),
            new() { Name = "locationId", Label = "Stock location", Help = "The location that the hub's fulfilments name; Admin → Settings → Locations, the number in the address. Empty: where the order's units were taken from." },
            new() { Name = "sendEmail", Label = "Jumpseller e-mails the buyer", Type = SettingType.Switch, Default = "false", Help = "Whether Jumpseller sends its own e-mail with the tracking number when the hub tells of it." },
            StoreFields.WeightUnit("The unit of products' weights: Admin → Settings → General → Weight unit.", "kg", "g", "lb", "oz"),
            StoreFields.CashOnDelivery(JumpsellerSettings.DefaultCashNames, "Names of the payment methods that the courier collects: their orders go out although they are pending payment. Admin → Settings → Payments. Case and accents do not matter."),
            new()
            {
                Name = "taxIdLabels", Label = "Tax number fields", Type = SettingType.List, Default = string.Join(", ", JumpsellerSettings.DefaultTaxIdLabels),
                Help = "Labels of checkout fields that may hold the buyer's tax or identity number, where the billing address has none. Admin → Settings → Checkout → Additional fields.",
            },
            new() { Name = "clientId", Label = "App's client id", Help = "Only for an app (OAuth) instead of the store's login key: Admin → Apps → Develop → the app." },
            new() { Name = "apiUrl", Label = "Address of the API", Type = SettingType.Url, Help = "Leave empty: https://api.jumpseller.com/v1. Only for trials against an emulator." },
            new() { Name = "accountsUrl", Label = "Address of the accounts server", Type = SettingType.Url, Help = "Leave empty: https://accounts.jumpseller.com. Only for trials against an emulator." },
        ],
        Secrets =
        [
            new() { Name = "hooksToken", Label = "Hooks token", IsRequired = true, Help = "Admin → Config → Notifications → Webhooks, “Hooks token”. One for all webhooks of the store; not the API's auth token." },
            new() { Name = "login", Label = "Login key", Help = "Admin → Account, “API Access”: Login. Without a key orders come by webhooks only." },
            new() { Name = "authToken", Label = "Auth token", Help = "Admin → Account, “API Access”: Auth Token, 32 characters." },
            new() { Name = "clientSecret", Label = "App's client secret", Help = "Only for an app (OAuth): beside the client id." },
            new() { Name = "refreshToken", Label = "App's refresh token", Help = "Only for an app (OAuth): what the authorisation with read_orders, write_orders, read_hooks, write_hooks and read_store gave. The hub renews the access token every hour." },
        ],
    };
}
