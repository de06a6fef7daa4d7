using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crossdock.Drift;
using Crossdock.Testing;
using Xunit;

namespace Crossdock.Tests.Drift;

/// <summary>What is told although it holds nothing: new, missing and changed fields, new words; and what never is.</summary>
public sealed class ShapeReportTests
{
    [Fact]
    public void New_field_is_told_once_with_a_masked_example()
    {
        var trial = ShapeSamples.Learned("shopify");
        Send(trial, 60, (order, _) => order["delivery_promise"] = new JsonObject { ["max_days"] = 3, ["slot"] = "between 9 and 12" });
        var report = Assert.Single(trial.Reports);
        Assert.Equal((DriftChange.New, "delivery_promise", "{ max_days, slot }"), (report.Change, report.Path, report.Example));
        Assert.NotNull(report.EventId);
    }

    [Fact]
    public void Nothing_that_holds_no_order_is_told_in_the_first_week()
    {
        var trial = ShapeSamples.Learned("shopify", null, new DriftOptions { LearnDocuments = ShapeSamples.Learn });
        Send(trial, 60, (order, _) => order["delivery_promise"] = 3);
        Assert.Empty(trial.Reports);
        trial.Later(TimeSpan.FromDays(8));
        Send(trial, 60, (order, _) => order["delivery_slot"] = 3);
        Assert.Equal("delivery_slot", Assert.Single(trial.Reports).Path);
    }

    [Fact]
    public void Field_that_comes_now_and_then_is_no_news()
    {
        var trial = ShapeSamples.Learned("shopify");
        Send(trial, 400, (order, number) =>
        {
            if (number % 50 == 0)
            {
                order["rare_thing"] = 1;
            }
        });
        Assert.Empty(trial.Reports);
    }

    [Fact]
    public void Field_that_is_gone_is_told_after_so_many_in_a_row_and_over_when_it_is_back()
    {
        var trial = ShapeSamples.Learned("shopify");
        Send(trial, 29, (order, _) => order.Remove("total_weight"));
        trial.Store();
        Assert.Empty(trial.Reports);
        Send(trial, 40, (order, _) => order.Remove("total_weight"));
        trial.Store();
        var report = Assert.Single(trial.Reports);
        Assert.Equal((DriftChange.Missing, "total_weight"), (report.Change, report.Path));
        Send(trial, 1, (_, _) => { });
        trial.Store();
        Assert.Equal([report.Id], trial.Back);
        Assert.Single(trial.Reports);
    }

    [Fact]
    public void Other_type_is_told()
    {
        var trial = ShapeSamples.Learned("shopify", (order, number) => order["queue_place"] = number);
        Send(trial, 60, (order, _) => order["queue_place"] = "seventh of all");
        var report = Assert.Single(trial.Reports);
        Assert.Equal((DriftChange.Type, "queue_place", "text", "text like \"aaaaaaa aa aaa\""), (report.Change, report.Path, report.Came, report.Example));
    }

    [Fact]
    public void New_word_of_a_fixed_set_is_told_with_the_word()
    {
        string[] states = ["paid", "pending", "refunded"];
        var trial = ShapeSamples.Learned("shopify", (order, number) => order["processing_method"] = states[number % 3]);
        Send(trial, 60, (order, number) => order["processing_method"] = number % 5 == 0 ? "disputed" : "paid");
        var report = Assert.Single(trial.Reports);
        Assert.Equal((DriftChange.Value, "processing_method", "disputed"), (report.Change, report.Path, report.Came));
        Assert.Contains("paid or pending or refunded", report.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Free_text_and_numbers_of_all_kinds_are_no_words()
    {
        var trial = ShapeSamples.Learned("shopify", (order, number) => order["checkout_word"] = Word(number));
        Send(trial, 200, (order, number) => order["checkout_word"] = Word(number + 5000));
        Assert.Empty(trial.Reports);
        Assert.All(trial.Stored().Fields, field => Assert.True(field.V.Count <= ShapeNode.MostValues));

        static string Word(int number) => $"w{string.Create(CultureInfo.InvariantCulture, $"{number}").Replace('0', 'x')}";
    }

    [Fact]
    public void Thousands_of_random_keys_blow_nothing_up()
    {
        var trial = ShapeSamples.Learned("shopify");
        int before = trial.Stored().Fields.Count;
        var random = new Random(7);
        Send(trial, 60, (order, _) =>
        {
            var bag = new JsonObject();
            for (int i = 0; i < 2000; i++)
            {
                bag[Key(random)] = i % 3 == 0 ? "x" : i;
            }

            order["plugin_bag"] = bag;
        });
        trial.Store();
        Assert.InRange(trial.Stored().Fields.Count, before, before + 5);
        Assert.InRange(JsonSerializer.Serialize(trial.Stored(), ShapeJson.Default.StoredShape).Length, 1, 100_000);
        Assert.Contains(trial.Reports, report => report is { Change: DriftChange.Crowded, Path: "plugin_bag" });
        Assert.All(trial.Reports, report => Assert.StartsWith("plugin_bag", report.Path, StringComparison.Ordinal));

        static string Key(Random random) => string.Concat(Enumerable.Range(0, 12).Select(_ => (char)('a' + random.Next(26))));
    }

    [Fact]
    public void Critical_fields_are_still_seen_in_an_object_that_turns_out_to_be_a_table()
    {
        var trial = ShapeSamples.Learned("shopify");
        var random = new Random(7);
        Send(trial, 60, (order, _) =>
        {
            for (int i = 0; i < 20; i++)
            {
                order[string.Concat(Enumerable.Range(0, 9).Select(_ => (char)('a' + random.Next(26))))] = i;
            }
        });
        Assert.True(trial.Stored().Fields[0].M);
        trial.Restart();
        var gone = ShapeSamples.Order("shopify", 1);
        gone.Remove("total_price");
        Assert.Contains(trial.Look(gone.ToJsonString()), found => found.Path == "total_price");
    }

    [Fact]
    public void Random_names_all_over_stop_at_the_bound_with_a_notice()
    {
        var options = new DriftOptions { LearnDocuments = ShapeSamples.Learn, LearnHours = 0, MissingDocuments = 30, Fields = 500 };
        var trial = ShapeSamples.Learned("shopify", null, options);
        var random = new Random(7);
        Send(trial, 30, (order, _) =>
        {
            for (int i = 0; i < 50; i++)
            {
                order[$"o{Name(random)}"] = new JsonObject { [Name(random)] = 1, [Name(random)] = 2 };
            }
        });
        trial.Store();
        Assert.InRange(trial.Stored().Fields.Count, 1, 520);

        static string Name(Random random) => string.Concat(Enumerable.Range(0, 8).Select(_ => (char)('a' + random.Next(26))));
    }

    [Fact]
    public void Two_nodes_learn_the_same_and_their_counts_add_up()
    {
        var first = ShapeSamples.Trial("shopify");
        var second = ShapeSamples.Trial("shopify");
        for (int number = 0; number < 40; number++)
        {
            first.Look(ShapeSamples.Order("shopify", number).ToJsonString());
            second.Look(ShapeSamples.Order("shopify", number + 1000).ToJsonString());
        }

        var stored = new StoredShape();
        ShapeMerge.Add(stored, first.Book().Take());
        ShapeMerge.Add(stored, second.Book().Take());
        first.Book().Load(stored);
        // The trial stores by itself after each fifty events; forty are all here.
        Assert.Equal(80, stored.Documents);
        var total = stored.Fields.Single(field => field.P == "total_price");
        Assert.Equal((80, 80, 0), (total.Seen, total.Pr, total.Ab));
        Assert.Equal(80, first.Book().Documents);
        Assert.Single(first.Look(Gone(1), isAgain: true));

        static string Gone(int number)
        {
            var order = ShapeSamples.Order("shopify", number);
            order.Remove("total_price");
            return order.ToJsonString();
        }
    }

    [Fact]
    public void What_could_not_be_stored_is_given_back_and_stored_once()
    {
        var trial = ShapeSamples.Trial("shopify");
        for (int number = 0; number < 40; number++)
        {
            trial.Look(ShapeSamples.Order("shopify", number).ToJsonString());
        }

        var delta = trial.Book().Take();
        Assert.Equal(40, trial.Book().Documents);
        trial.Book().GiveBack(delta);
        Assert.Equal(40, trial.Book().Documents);
        var stored = new StoredShape();
        ShapeMerge.Add(stored, trial.Book().Take());
        Assert.Equal(40, stored.Documents);
        Assert.Equal(40, stored.Fields.Single(field => field.P == "total_price").Pr);
    }

    private static void Send(ShapeTrial trial, int count, Action<JsonObject, int> change)
    {
        for (int number = 0; number < count; number++)
        {
            var order = ShapeSamples.Order("shopify", 10_000 + number);
            change(order, number);
            Assert.Empty(trial.Look(order.ToJsonString()));
        }

        trial.Store();
    }
}
