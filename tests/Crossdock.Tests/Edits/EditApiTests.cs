using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Crossdock.Testing;
using Crossdock.Testing.Database;
using Crossdock.Tests.Accounts;
using Xunit;

namespace Crossdock.Tests.Edits;

/// <summary>Changing orders through the API.</summary>
[Collection(AccountsGroup.Name)]
public sealed class EditApiTests(AccountsHub hub)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Order_is_changed_from_the_version_that_was_read_and_from_no_other()
    {
        var id = await OrderAsync(8_200_000_001);
        var operate = await hub.SignedInAsync("operator");
        using var read = await operate.GetAsync(new Uri($"/api/v1/orders/{id}", UriKind.Relative), Stop);
        string tag = read.Headers.ETag!.Tag;

        using var blind = await PatchAsync(operate, id, new { set = new { note = "ring" } });
        Assert.Equal((HttpStatusCode)428, blind.StatusCode);

        var preview = await SaidAsync(await PatchAsync(operate, id, new { set = Fields(("shipTo.city", "Concón")) }, preview: true));
        Assert.Equal("Santiago Concón", $"{preview.GetProperty("fields")[0].GetProperty("before")} {preview.GetProperty("fields")[0].GetProperty("after")}");
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM order_edits WHERE order_id = '{id}'"));
        Assert.Equal(0L, await hub.Database.AskAsync($"SELECT count(*) FROM audit WHERE subject_id = '{id}'"));

        using var saved = await PatchAsync(operate, id, new { set = Fields(("shipTo.city", "Concón"), ("customer.email", "ana@new.example")), because = "she called" }, tag);
        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.NotEqual(tag, saved.Headers.ETag!.Tag);
        Assert.Equal("operator|order_edited|Santiago|Concón|she called", await hub.Database.AskAsync($"SELECT actor || '|' || action || '|' || (before ->> 'shipTo.city') || '|' || (after ->> 'shipTo.city') || '|' || because FROM audit WHERE subject_id = '{id}'"));

        using var late = await PatchAsync(operate, id, new { set = Fields(("shipTo.city", "Quilpué")) }, tag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        var sides = (await SaidAsync(late)).GetProperty("sides")[0];
        Assert.Equal("Quilpué Concón operator operator", $"{sides.GetProperty("yours")} {sides.GetProperty("now")} {sides.GetProperty("changedBy")}");

        var edits = (await operate.GetFromJsonAsync<JsonElement>(new Uri($"/api/v1/orders/{id}/edits", UriKind.Relative), Stop)).GetProperty("items");
        Assert.Equal(2, edits.GetArrayLength());
        string edit = edits.EnumerateArray().Single(one => one.GetProperty("field").GetString() == "shipTo.city").GetProperty("id").GetString()!;
        using var undone = await operate.PostAsJsonAsync(new Uri($"/api/v1/orders/{id}/edits/{edit}/undo", UriKind.Relative), new { because = "she called again" }, Stop);
        Assert.Equal(HttpStatusCode.OK, undone.StatusCode);
        Assert.Equal("Santiago", await hub.Database.AskAsync($"SELECT document -> 'shipTo' ->> 'city' FROM orders WHERE id = '{id}'"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_field_by_field_and_nothing_is_changed()
    {
        var id = await OrderAsync(8_200_000_002);
        var operate = await hub.SignedInAsync("operator");
        using var wrong = await PatchAsync(operate, id, new { set = Fields(("shipTo.city", "Concón"), ("shipTo.country", "Narnia"), ("shipTo.cty", "x"), ("lines.1.quantity", "many")) }, "\"v1\"");
        // The hub may have moved the order on; then that is said first.
        using var again = wrong.StatusCode == HttpStatusCode.PreconditionFailed ? await PatchAsync(operate, id, new { set = Fields(("shipTo.city", "Concón"), ("shipTo.country", "Narnia"), ("shipTo.cty", "x"), ("lines.1.quantity", "many")) }, wrong.Headers.ETag!.Tag) : wrong;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        var errors = (await SaidAsync(again)).GetProperty("errors").EnumerateArray().ToDictionary(error => error.GetProperty("field").GetString()!, error => error.GetProperty("problem").GetString()!);
        Assert.Equal(["lines.1.quantity", "shipTo.country", "shipTo.cty"], errors.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("Did you mean shipTo.city?", errors["shipTo.cty"], StringComparison.Ordinal);
        Assert.Equal("Santiago", await hub.Database.AskAsync($"SELECT document -> 'shipTo' ->> 'city' FROM orders WHERE id = '{id}'"));

        using var empty = await PatchAsync(operate, id, new { }, "\"v1\"");
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        using var odd = await PatchAsync(operate, id, new { choose = Fields(("shipTo.city", "mine")) }, "\"v1\"");
        Assert.Equal(HttpStatusCode.BadRequest, odd.StatusCode);
    }

    [Fact]
    public async Task Orders_of_others_are_as_if_they_were_not_there()
    {
        var merchant = await hub.SignedInAsync("merchant");
        string theirs = hub.Ids[("theirs", "order")];
        using var changed = await PatchAsync(merchant, theirs, new { set = new { note = "x" } }, "\"v1\"");
        Assert.Equal(HttpStatusCode.NotFound, changed.StatusCode);
        foreach (string part in (string[])["fields", "edits"])
        {
            using var read = await merchant.GetAsync(new Uri($"/api/v1/orders/{theirs}/{part}", UriKind.Relative), Stop);
            Assert.Equal(HttpStatusCode.NotFound, read.StatusCode);
        }

        using var undone = await merchant.PostAsJsonAsync(new Uri($"/api/v1/orders/{theirs}/edits/{Guid.NewGuid()}/undo", UriKind.Relative), new { }, Stop);
        Assert.Equal(HttpStatusCode.NotFound, undone.StatusCode);
    }

    private async Task<string> OrderAsync(long number)
    {
        await hub.SendAsync("third", TestHub.Order(number), "orders/updated");
        await hub.Database.UntilAsync($"SELECT count(*) FROM deliveries d JOIN orders o ON o.id = d.order_id WHERE o.external_id = '{number}' AND d.state = 'dead'", 1);
        return $"{await hub.Database.AskAsync($"SELECT id FROM orders WHERE external_id = '{number}'")}";
    }

    private static async Task<HttpResponseMessage> PatchAsync(HttpClient client, string id, object body, string? tag = null, bool preview = false)
    {
        using var request = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/orders/{id}{(preview ? "?preview=true" : "")}") { Content = JsonContent.Create(body) };
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        }

        return await client.SendAsync(request, Stop);
    }

    private static Task<JsonElement> SaidAsync(HttpResponseMessage answer) => answer.Content.ReadFromJsonAsync<JsonElement>(Stop);

    private static Dictionary<string, string> Fields(params (string Path, string Value)[] values) => values.ToDictionary(pair => pair.Path, pair => pair.Value);
}
