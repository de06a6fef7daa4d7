using System.Reflection;
using Crossdock.Testing.Conformance;
using Xunit;

namespace Crossdock.Connectors.Tests.Paper;

/// <summary>The suites for reading, feeds, subscriptions, status and connection tests: a sound connector passes them, one with a fault fails those named.</summary>
public sealed class PaperConformanceTests
{
    [Theory]
    [InlineData("none", "")]
    [InlineData("pages by number", "Every_order_of_a_window_is_on_some_page_whatever_changes_meanwhile")]
    [InlineData("remembers its place", "Cursor_is_good_for_another_reader_on_another_day")]
    [InlineData("begins too late", "Window_begins_where_it_should")]
    [InlineData("begins far too early", "Window_begins_where_it_should")]
    [InlineData("summaries of another total", "Summaries_agree_with_documents")]
    [InlineData("another total than the mapping", "Documents_map_and_say_what_the_list_said")]
    [InlineData("key of the id", "Reading_twice_is_one_event_and_a_change_is_another")]
    [InlineData("keeps the key in documents", "Documents_map_and_say_what_the_list_said")]
    [InlineData("takes refusals for later", "Wrong_key_is_refused_in_the_platforms_words")]
    [InlineData("never pauses", "Throttled_call_pauses_everybody_and_comes_later")]
    [InlineData("throws", "Trouble_of_the_other_side_is_later,Whatever_is_answered_is_an_outcome_without_a_secret")]
    [InlineData("throws on garbage", "Trouble_of_the_other_side_is_later")]
    [InlineData("leaks secrets", "Whatever_is_answered_is_an_outcome_without_a_secret")]
    [InlineData("never waits", "Every_call_waits_for_its_turn")]
    [InlineData("waits twice", "Every_call_waits_for_its_turn")]
    public Task Source_suite_finds_the_fault(string fault, string found) => FindAsync(() => new Source(fault), fault == "none", found);

    [Theory]
    [InlineData("none", "")]
    [InlineData("never sets the queue up", "Vanished_queue_is_set_up_again_and_told")]
    [InlineData("is silent about a lost queue", "Vanished_queue_is_set_up_again_and_told")]
    [InlineData("stores handles", "What_happened_is_announced_with_its_order")]
    [InlineData("keys by handle", "What_was_not_committed_comes_again_and_what_was_does_not")]
    [InlineData("commits what it reads", "What_was_not_committed_comes_again_and_what_was_does_not")]
    [InlineData("never commits", "What_was_not_committed_comes_again_and_what_was_does_not,Trouble_of_the_other_side_is_later_and_a_failed_commit_says_why")]
    [InlineData("throws", "Trouble_of_the_other_side_is_later_and_a_failed_commit_says_why")]
    [InlineData("leaks secrets", "Whatever_is_answered_is_an_outcome_without_a_secret")]
    [InlineData("never waits", "Every_call_waits_for_its_turn")]
    public Task Feed_suite_finds_the_fault(string fault, string found) => FindAsync(() => new Feed(fault), fault == "none", found);

    [Theory]
    [InlineData("none", "")]
    [InlineData("registers every time", "Missing_ones_are_found_then_registered_then_left_alone")]
    [InlineData("repairs unasked", "Missing_ones_are_found_then_registered_then_left_alone")]
    [InlineData("overlooks what is off", "One_that_was_switched_off_is_on_again")]
    [InlineData("takes others for its own", "Other_peoples_are_never_touched")]
    [InlineData("removes everybody's", "Other_peoples_are_never_touched")]
    [InlineData("never asks for a person", "Wrong_key_needs_a_person_and_says_so_in_the_platforms_words")]
    [InlineData("throws", "Trouble_of_the_other_side_is_a_problem_that_passes")]
    [InlineData("leaks secrets", "Whatever_is_answered_is_a_report_without_a_secret")]
    [InlineData("never waits", "Every_call_waits_for_its_turn")]
    public Task Subscription_suite_finds_the_fault(string fault, string found) => FindAsync(() => new Hooks(fault), fault == "none", found);

    [Theory]
    [InlineData("none", "")]
    [InlineData("never looks first", "Each_state_is_told_once_although_repeated")]
    [InlineData("never finds", "Each_state_is_told_once_although_repeated,After_a_lost_answer_it_is_found_or_repeated_without_harm")]
    [InlineData("forgets the tracking", "Tracking_reaches_the_shop")]
    [InlineData("takes silence for a yes", "After_a_lost_answer_it_is_found_or_repeated_without_harm")]
    [InlineData("takes trouble for a no", "Trouble_of_the_other_side_is_never_a_delivery")]
    [InlineData("spends attempts", "Throttling_waits_and_spends_no_attempt")]
    [InlineData("throws", "Trouble_of_the_other_side_is_never_a_delivery")]
    [InlineData("leaks secrets", "Whatever_is_answered_is_an_outcome_without_a_secret")]
    [InlineData("never waits", "Every_call_waits_for_its_turn")]
    public Task Status_suite_finds_the_fault(string fault, string found) => FindAsync(() => new Status(fault), fault == "none", found);

    [Theory]
    [InlineData("none", "")]
    [InlineData("test believes everything", "Wrong_key_fails_in_the_platforms_words_and_ends_the_test,Trouble_of_the_other_side_is_a_failed_finding,Silence_is_a_failed_finding")]
    [InlineData("test has own words", "Wrong_key_fails_in_the_platforms_words_and_ends_the_test")]
    [InlineData("test registers a webhook", "Nothing_is_changed_at_the_platform")]
    [InlineData("throws", "Trouble_of_the_other_side_is_a_failed_finding")]
    [InlineData("leaks secrets", "Whatever_is_answered_is_a_finding_without_a_secret")]
    [InlineData("never waits", "Every_call_waits_for_its_turn")]
    public Task Test_suite_finds_the_fault(string fault, string found) => FindAsync(() => new Trial(fault), fault == "none", found);

    // Without a fault every fact is run and none may fail; with one, those named must.
    private static async Task FindAsync(Func<ShopConformance> suite, bool mustPass, string found)
    {
        string[] named = found.Split(',', StringSplitOptions.RemoveEmptyEntries);
        var facts = suite().GetType().GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null && method.GetParameters().Length == 0 && (mustPass || named.Contains(method.Name))).ToList();
        Assert.True(facts.Count >= Math.Max(1, named.Length), "a fact that is named does not exist");
        foreach (var fact in facts)
        {
            var instance = suite();
            await instance.InitializeAsync();
            var thrown = await Record.ExceptionAsync(async () => await (fact.Invoke(instance, null) as Task ?? Task.CompletedTask));
            await instance.DisposeAsync();
            Assert.True(mustPass == thrown is null, mustPass ? $"{fact.Name}: {thrown}" : $"{fact.Name} did not find the fault");
        }
    }

    private sealed class Source(string fault) : OrderSourceConformance
    {
        protected override EmulatedShop NewShop() => new PaperShop(fault);
    }

    private sealed class Feed(string fault) : OrderFeedConformance
    {
        protected override EmulatedShop NewShop() => new PaperShop(fault);
    }

    private sealed class Hooks(string fault) : SubscriptionConformance
    {
        protected override EmulatedShop NewShop() => new PaperShop(fault);
    }

    private sealed class Status(string fault) : OrderStatusConformance
    {
        protected override IReadOnlyList<Model.Orders.OrderState> Recorded => [Model.Orders.OrderState.Processing, Model.Orders.OrderState.InShipment, Model.Orders.OrderState.Delivered];
        protected override EmulatedShop NewShop() => new PaperShop(fault);
    }

    private sealed class Trial(string fault) : ConnectionTestConformance
    {
        protected override EmulatedShop NewShop() => new PaperShop(fault);
    }
}
