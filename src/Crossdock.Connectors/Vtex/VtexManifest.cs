using Crossdock.Connectors.Configuration;
using Crossdock.Model.Connectors;

namespace Crossdock.Connectors.Vtex;

/// <summary>What a connection to VTEX needs, for forms and documentation.</summary>
internal static class VtexManifest
{
    internal static ConnectorManifest Manifest { get; } = new()
    {
        Platform = "vtex",
        Title = "VTEX",
        Summary = "Hears of a VTEX account's orders by hook and feed, fetches each one, lists them for reconciliation and backfill, and tells handling, invoice, tracking and delivery back.",
        Settings =
        [
            new()
            {
                Name = "account", Label = "Account name", IsRequired = true,
                Help = "The first part of the Admin's address: andesoutdoor in https://andesoutdoor.myvtex.com/admin. With franchises or sellers: the main account, where every event is.",
            },
            new()
            {
                Name = "manageHook", Label = "Set up the hook", Type = SettingType.Switch, Default = "true",
                Help = "The hub registers its hook and puts it back when VTEX has removed it. VTEX has one hook per appKey: create an appKey for the hub alone.",
            },
            new()
            {
                Name = "feed", Label = "Read the feed", Type = SettingType.Switch, Default = "true",
                Help = "The hub also reads VTEX's feed of the same appKey, every 45 seconds: what the hook did not bring arrives there. Switch it off where another program reads the feed of this appKey.",
            },
            StoreFields.TellStatus("Start handling when the courier has taken the order over, invoice notification with tracking when it was sent, delivery when the buyer has it."),
            new()
            {
                Name = "makeInvoices", Label = "Send invoice notifications", Type = SettingType.Switch, Default = "true",
                Help = "In VTEX a parcel is an invoice notification. Switch it off where an ERP invoices the orders: the hub then adds the tracking number to the ERP's invoice and waits for it.",
            },
            new()
            {
                Name = "invoicedMeans", Label = "“Invoiced” means", Type = SettingType.Choice, Default = "in_shipment", Choices = ["in_shipment", "new"],
                Help = "Mostly an invoiced order has left (in_shipment). Choose new where an ERP invoices before the parcel is handed over: the order is then delivered as long as no package has a tracking number.",
            },
            new()
            {
                Name = "skuField", Label = "SKU", Type = SettingType.Choice, Default = "refId", Choices = ["refId", "id", "sellerSku", "ean"],
                Help = "Which code of a line is its SKU: refId is the shop's reference code (Catalog → SKU → Reference code), id is VTEX's SKU id. Where it is empty, the SKU id stands in.",
            },
            StoreFields.WeightUnit("The unit in which the catalogue's weights are entered (Catalog → SKU → Weight). VTEX does not say it in the order.", "g", "kg"),
            new()
            {
                Name = "amountDecimals", Label = "Decimals of amounts", Type = SettingType.Number, Default = "2", Minimum = 0, Maximum = 3,
                Help = "VTEX writes every amount in hundredths, pesos too (1299000 is 12,990 pesos). Compare one order with the Admin; change it only where the hub shows it wrong by a factor.",
            },
            StoreFields.CashOnDelivery(VtexSettings.DefaultCashNames, "Names of the payment conditions that the courier collects, as in Store Settings → Payment → Settings. Case and accents do not matter."),
            new()
            {
                Name = "regionAliases", Label = "Further names of regions", Type = SettingType.Table,
                Help = "For shops with a checkout of their own: what it writes as state, and the ISO 3166-2 code that is meant, for example Metropolitana Norte: CL-RM. VTEX's own names are known.",
            },
            new()
            {
                Name = "communeAliases", Label = "Further names of communes", Type = SettingType.Table,
                Help = "What the checkout writes as neighborhood, and the commune that is meant, for example Centro de Ski - La Parva: Lo Barnechea.",
            },
            new()
            {
                Name = "personalDataReason", Label = "Reason for reading personal data",
                Help = "Only for accounts with VTEX's personal-data architecture, where names arrive as R** S****: why the hub reads them in clear, for example “Delivery of orders by the courier”. VTEX keeps it in its audit log.",
            },
            new()
            {
                Name = "apiUrl", Label = "Address of the API", Type = SettingType.Url,
                Help = "Leave empty: https://ACCOUNT.vtexcommercestable.com.br. Only for trials against an emulator.",
            },
        ],
        Secrets =
        [
            new()
            {
                Name = "appKey", Label = "Application key", IsRequired = true,
                Help = "Account settings → API keys → Generate key; begins with vtexappkey-. Give its role the resources List Orders, View order, Feed v3 and Hook Admin, and for telling the shop Change order workflow status, Notify invoice and Cancel order.",
            },
            new() { Name = "appToken", Label = "Application token", IsRequired = true, Help = "Shown once when the key is generated. VTEX asks to renew it now and then (Account settings → API keys → Renew token); the old one stays valid until the renewal is finished." },
            new()
            {
                Name = "hookToken", Label = "Hook token", IsRequired = true,
                Help = "A long random text of your own, at least 16 characters: VTEX sends it back in the header X-Hub-Token of each call. VTEX signs nothing, so this is the proof.",
            },
        ],
    };
}
