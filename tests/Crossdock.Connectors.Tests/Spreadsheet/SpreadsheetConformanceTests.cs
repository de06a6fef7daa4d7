using System.Text;
using Crossdock.Connectors.Spreadsheet;
using Crossdock.Model.Connections;
using Crossdock.Model.Connectors;
using Crossdock.Testing.Conformance;

namespace Crossdock.Connectors.Tests.Spreadsheet;

public sealed class SpreadsheetConformanceTests : OrderMapperConformance
{
    internal const string Event = """
        {"file":"pedidos.xlsx","rows":[
         {"row":2,"cells":{"Número de pedido":"A-1002","Fecha":"2026-03-01T15:30:00","Destinatario":"Luis Soto","Teléfono":"+56 9 3333 4444","RUT":"76.123.456-0","Calle":"Los Leones","Número":1200,"Comuna":"providencia","Región":"Metropolitana",
          "SKU":"MUG-1","Cantidad":2,"Precio unitario":"4.990","Total":"14.970","Contra entrega":14970,"Peso kg":0.6,"Bultos":1,"Bodega":"Norte","Medio de pago":"efectivo","Método de envío":"express"}},
         {"row":3,"cells":{"Número de pedido":"A-1002","SKU":"MUG-2","Cantidad":1,"Precio unitario":"4.990","Peso kg":0.3}}]}
        """;

    protected override IConnector Connector { get; } = new SpreadsheetConnector();
    protected override ConnectionSettings Valid => Settings("spreadsheet", """{"currency":"CLP","country":"CL","timeZone":"America/Santiago","columns":{"Nro. documento":"Order number","Interno":"ignore"}}""");
    protected override IEnumerable<(string Topic, byte[] Payload)> Samples => [("row", Encoding.UTF8.GetBytes(Event))];

    protected override IEnumerable<(ConnectionSettings Settings, string Path)> Wrong =>
    [
        (Settings("spreadsheet", """{"currency":"pesos"}"""), "settings.currency"),
        (Settings("spreadsheet", """{"country":"Atlantis"}"""), "settings.country"),
        (Settings("spreadsheet", """{"timeZone":"Mars/Base"}"""), "settings.timeZone"),
        (Settings("spreadsheet", """{"decimals":"dot"}"""), "settings.decimals"),
        (Settings("spreadsheet", """{"dates":"reversed"}"""), "settings.dates"),
        (Settings("spreadsheet", """{"columns":{"Cosa":"Thing"}}"""), "settings.columns.Cosa"),
        (Settings("spreadsheet", """{"colums":{}}"""), "settings.colums"),
    ];
}
