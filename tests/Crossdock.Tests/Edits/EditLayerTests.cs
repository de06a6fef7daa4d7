using Crossdock.Edits;
using Crossdock.Model.Orders;
using Crossdock.Tests.Rules;
using Xunit;

namespace Crossdock.Tests.Edits;

/// <summary>What people changed, laid over what shops send.</summary>
public sealed class EditLayerTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly Order Given = RuleText.Order(RuleText.Line("1", "TENT", 2), RuleText.Line("2", "MAT")) with
    {
        WeightGrams = 300, Shipping = [new ShippingLine { Title = "Standard", Code = "std" }], Attributes = new Dictionary<string, string> { ["gift"] = "yes" },
        ShipTo = new Address { Name = "Eva", Line1 = "Calle 1", City = "Santiago", Region = "RM", RegionName = "Metropolitana", Country = "CL", Latitude = -33.4, Longitude = -70.6 },
    };

    public static TheoryData<string> Paths => [.. EditableFields.Of(Given).Select(one => one.Path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Field_that_was_written_is_read_and_no_other_field_is_touched(string path)
    {
        var field = EditableFields.Find(path)!;
        string value = Other(field);
        var laid = new EditLayer([Edit(path, value, field.Read(Given))]).Over(Given);
        Assert.Equal(value, field.Read(laid));
        // A region's name goes with its code.
        Assert.All(EditableFields.Of(Given).Where(other => other.Path != path && !(field.Kind is EditableKind.Region && other.Path.EndsWith("regionName", StringComparison.Ordinal))), other => Assert.Equal(other.Read(Given), other.Read(laid)));
        Assert.Equal(OrderJson.Write(laid), OrderJson.Write(new EditLayer([Edit(path, value, field.Read(Given))]).Over(laid)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Field_that_the_shop_leaves_alone_is_no_conflict_and_one_that_it_changes_is(string path)
    {
        var field = EditableFields.Find(path)!;
        var edit = Edit(path, Other(field), field.Read(Given));
        var same = new EditLayer([edit]);
        same.Meet(Given with { PlatformStatus = "another", Totals = Given.Totals with { Total = new Money(1, "CLP") } }, At);
        Assert.Empty(same.Marks);
        Assert.Null(same.Concern);

        var changed = field.Write(Given, Third(field));
        var other = new EditLayer([edit]);
        other.Meet(changed, At);
        Assert.Equal(new EditMark(edit.Id, edit.ShopValue, field.Read(changed), At), Assert.Single(other.Marks));
        Assert.Equal(field.Matters, other.Concern is not null);
        Assert.Single(other.Told);

        // Met again it is the same conflict, in the same words.
        var again = new EditLayer([edit with { Theirs = field.Read(changed), ConflictAt = At }]);
        again.Meet(changed, At.AddHours(1));
        Assert.Empty(again.Marks);
        Assert.Equal(other.Concern, again.Concern);

        // The shop comes round to what the person wrote, or goes back to what it said.
        foreach (string? value in (string?[])[edit.Value, edit.ShopValue])
        {
            var settled = new EditLayer([edit with { Theirs = field.Read(changed), ConflictAt = At }]);
            settled.Meet(field.Write(Given, value), At.AddHours(2));
            Assert.Equal(new EditMark(edit.Id, value, null, null), Assert.Single(settled.Marks));
            Assert.Null(settled.Concern);
        }
    }

    [Fact]
    public void Address_that_was_changed_loses_its_place_on_the_map_and_the_name_of_its_region()
    {
        var laid = new EditLayer([Edit("shipTo.region", "VS", "RM")]).Over(Given);
        Assert.Equal(("VS", "Valparaíso", (double?)null, (double?)null), (laid.ShipTo!.Region, laid.ShipTo.RegionName, laid.ShipTo.Latitude, laid.ShipTo.Longitude));
        Assert.Equal(-33.4, new EditLayer([Edit("shipTo.phone", "+56 2 2345 6789", null)]).Over(Given).ShipTo!.Latitude);
    }

    [Fact]
    public void Weight_follows_quantities_where_it_was_their_sum()
    {
        var edit = Edit("lines.1.quantity", "5", "2");
        Assert.Equal(600, new EditLayer([edit]).Over(Given).WeightGrams);
        Assert.Equal(1234, new EditLayer([edit]).Over(Given with { WeightGrams = 1234 }).WeightGrams);
        Assert.Null(new EditLayer([edit]).Over(Given with { WeightGrams = null }).WeightGrams);
    }

    [Fact]
    public void Line_that_the_shop_took_away_is_a_conflict_and_nothing_is_made_up()
    {
        var edit = Edit("lines.2.quantity", "3", "1");
        var layer = new EditLayer([edit]);
        var less = Given with { Lines = [Given.Lines[0]] };
        layer.Meet(less, At);
        Assert.NotNull(layer.Concern);
        Assert.Same(less, layer.Over(less));
    }

    [Theory]
    [InlineData("shipTo.country", "chile", "CL", null)]
    [InlineData("shipTo.country", "Narnia", null, "There is no country")]
    [InlineData("shipTo.region", "Valparaíso", "VS", null)]
    [InlineData("shipTo.region", "Bavaria", null, "CL has no region")]
    [InlineData("customer.email", "eva@example.com", "eva@example.com", null)]
    [InlineData("customer.email", "eva at home", null, "no e-mail address")]
    [InlineData("shipTo.phone", " +56 (2) 2345-6789 ", "+56 (2) 2345-6789", null)]
    [InlineData("shipTo.phone", "call me", null, "no telephone number")]
    [InlineData("lines.1.quantity", "2.50", "2.5", null)]
    [InlineData("lines.1.quantity", "-1", null, "no quantity")]
    [InlineData("lines.1.quantity", "1,5", null, "no quantity")]
    [InlineData("lines.1.quantity", "", null, "cannot be empty")]
    [InlineData("shipping.title", " ", null, "cannot be empty")]
    [InlineData("tags", "b, a,, b ", "b, a", null)]
    [InlineData("shipTo.line2", "", null, null)]
    [InlineData("shipTo.city", "a\nb", null, "cannot be printed")]
    [InlineData("note", "a\r\nb", "a\nb", null)]
    public void What_was_typed_is_cleaned_or_refused(string path, string typed, string? kept, string? problem)
    {
        string? said = EditCheck.Problem(EditableFields.Find(path)!, typed, Given, out string? value);
        if (problem is null)
        {
            Assert.Null(said);
            Assert.Equal(kept, value);
        }
        else
        {
            Assert.Contains(problem, said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("state")]
    [InlineData("totals.total")]
    [InlineData("lines.1.price")]
    [InlineData("lines..quantity")]
    [InlineData("attributes.")]
    [InlineData("shipTo")]
    public void Nobody_changes_money_or_states(string path) => Assert.Null(EditableFields.Find(path));

    private static string Other(EditableField field) => field.Kind switch
    {
        EditableKind.Country => "PE",
        EditableKind.Region => "VS",
        EditableKind.Quantity => "7",
        EditableKind.Email => "new@example.com",
        EditableKind.Phone => "+56 2 2345 6789",
        EditableKind.Text or EditableKind.Paragraph or EditableKind.Tags or EditableKind.Reason => "something else",
    };

    private static string Third(EditableField field) => field.Kind is EditableKind.Quantity ? "9" : field.Kind is EditableKind.Region ? "BI" : field.Kind is EditableKind.Country ? "AR" : Other(field) + "5";

    private static OrderEdit Edit(string path, string? value, string? shop) => new()
    {
        Id = Guid.CreateVersion7(), OrderId = Guid.Empty, SaveId = Guid.Empty, Field = path, Label = path, Before = shop, Value = value, ShopValue = shop, Version = 1, EditedBy = "operator eva", EditedAt = At,
    };
}
