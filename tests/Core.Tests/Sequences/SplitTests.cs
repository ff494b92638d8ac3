using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Sequences;

public class SplitTests
{
    // Three users: four actions, three, two.
    static readonly SequenceDataset Whole = new(9, [0, 4, 7, 9], [0, 1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 15, 25, 35, 5, 50]);

    [Fact]
    public void Leave_one_out_tests_the_last_action_and_validates_on_the_one_before()
    {
        var split = LeaveOneOut.Of(Whole);

        Assert.Equal([0, 1], split.Test.Users);
        Assert.Equal([0, 1], split.Train.Items(0).ToArray());
        Assert.Equal([0, 1], split.Validation.Histories.Items(0).ToArray());
        Assert.Equal([2], split.Validation.Targets(0).ToArray());
        Assert.Equal([0, 1, 2], split.Test.Histories.Items(0).ToArray());
        Assert.Equal([3], split.Test.Targets(0).ToArray());
        Assert.Equal(40, split.Test.TargetTime(0));
        Assert.Equal([4], split.Train.Items(1).ToArray());
        Assert.Equal([6], split.Test.Targets(1).ToArray());
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.37)]
    [InlineData(0.9)]
    public void A_split_by_share_cuts_at_the_time_that_sorting_all_of_them_finds(double share)
    {
        // From before 1970 to far in the future, with ties.
        var random = new Random(11);
        long[] times = [.. Enumerable.Range(0, 3_000).Select(i => i % 3 == 0 ? random.NextInt64(-5_000, 5_000) : random.NextInt64(-1L << 40, 1L << 50))];
        for (var user = 0; user < 300; user++)
        {
            Array.Sort(times, user * 10, 10);
        }

        var whole = new SequenceDataset(5, [.. Enumerable.Range(0, 301).Select(user => user * 10)], [.. times.Select((_, i) => i % 5)], times);

        Assert.Equal(times.Order().ElementAt((int)(3_000 * (1 - share))), TimeSplit.ByShare(whole, share).Cut);
    }

    [Fact]
    public void Refit_trains_on_all_but_the_test_action()
    {
        var split = LeaveOneOut.Of(Whole);

        Assert.Equal([0, 1, 2], split.Refit.Items(0).ToArray());
        Assert.Equal([4, 5], split.Refit.Items(1).ToArray());
        Assert.Equal(7, split.Refit.InteractionCount);
    }

    [Fact]
    public void Users_with_fewer_than_three_actions_only_train()
    {
        var split = LeaveOneOut.Of(Whole);

        Assert.Equal([7, 8], split.Train.Items(2).ToArray());
        Assert.DoesNotContain(2, split.Test.Users);
        Assert.DoesNotContain(2, split.Validation.Users);
    }

    [Fact]
    public void A_repeat_is_neither_test_nor_validation_and_what_comes_after_the_test_is_left_out()
    {
        // View, cart and purchase of each of four items; the second user repeats one item only.
        var whole = new SequenceDataset(4, [0, 12, 16], [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 1, 1, 0]);

        var split = LeaveOneOut.Of(whole);

        Assert.Equal([0], split.Test.Users);
        Assert.Equal([0, 0, 0, 1, 1, 1], split.Train.Items(0).ToArray());
        Assert.Equal([2], split.Validation.Targets(0).ToArray());
        Assert.Equal([0, 0, 0, 1, 1, 1, 2, 2, 2], split.Refit.Items(0).ToArray());
        Assert.Equal([3], split.Test.Targets(0).ToArray());
        Assert.Equal([0, 1, 1, 0], split.Train.Items(1).ToArray());
    }

    [Fact]
    public void Where_seen_items_are_served_the_last_actions_are_held_out_whatever_they_are()
    {
        var whole = new SequenceDataset(3, [0, 4], [0, 1, 2, 1]) { AsksForSeenItems = true };

        var split = LeaveOneOut.Of(whole);

        Assert.Equal([1], split.Test.Targets(0).ToArray());
        Assert.Equal([2], split.Validation.Targets(0).ToArray());
    }

    [Fact]
    public void A_user_who_only_repeats_after_the_cut_is_not_asked_about()
    {
        var whole = new SequenceDataset(3, [0, 3, 6], [0, 1, 0, 0, 1, 2], [1, 2, 9, 1, 2, 9]);

        Assert.Equal([1], TimeSplit.At(whole, 5).Test.Users);
    }

    [Fact]
    public void Repeats_are_counted_and_are_no_targets_of_training()
    {
        var whole = new SequenceDataset(3, [0, 4, 6], [0, 1, 0, 2, 0, 0]);

        var masked = whole.Prefixes([3, 2]).WithoutRepeatsAsTargets();

        Assert.Equal(2, whole.RepeatCount);
        Assert.Equal([1, 1, 0], masked.Weights(0).ToArray());
        Assert.Equal([1, 0], masked.Weights(1).ToArray());
        Assert.False(whole.Prefixes([2, 1]).WithoutRepeatsAsTargets().HasWeights);
    }

    [Fact]
    public void A_continued_split_holds_out_the_last_two_actions_of_short_histories_too()
    {
        var split = LeaveOneOut.Of(Whole, continued: true);

        Assert.Equal([0, 1], split.Train.Items(0).ToArray());
        Assert.Equal([4], split.Train.Items(1).ToArray());
        Assert.Equal(0, split.Train.Length(2));
        Assert.Equal([0, 1], split.Test.Users);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_continued_splits_have_trained_is_never_held_out_later(int seed)
    {
        // Every action is an item of its own, so that it can be told apart: u3-17 is the 18th that user 3 has ever sent.
        var random = new Random(seed);
        var log = new List<(string User, string Action, long Time)>();
        var trained = new HashSet<string>();
        var sent = 0;
        for (var run = 0; run < 12; run++)
        {
            // New actions, a third of them late: they belong before what was trained on. New users come with one or two actions.
            for (var i = 0; i < 60; i++)
            {
                var user = $"u{random.Next(10 + (5 * run))}";
                log.Add((user, $"{user}-{sent++}", random.Next(3) == 0 ? random.Next(1_000 * (run + 1)) : (1_000 * run) + random.Next(1_000)));
            }

            // Somebody is deleted, and may come back.
            var gone = $"u{random.Next(10 + (5 * run))}";
            log.RemoveAll(entry => entry.User == gone);

            var builder = new InteractionDatasetBuilder();
            foreach (var (user, action, time) in log.OrderBy(_ => random.Next()))
            {
                builder.Add(user, action, time, action);
            }

            var data = builder.Build();
            var split = LeaveOneOut.Of(data.Sequences, continued: true);
            foreach (var cases in new[] { split.Validation, split.Test })
            {
                Assert.NotEqual(0, cases.Count);
                Assert.All(Enumerable.Range(0, cases.Count), i => Assert.DoesNotContain(data.Items[cases.Targets(i)[0]], trained));
            }

            for (var user = 0; user < split.Train.UserCount; user++)
            {
                trained.UnionWith(split.Train.Items(user).ToArray().Select(item => data.Items[item]));
            }
        }

        Assert.NotEmpty(trained);
    }

    [Fact]
    public void A_time_split_trains_before_the_cut_and_asks_for_all_that_came_from_it_on()
    {
        var split = TimeSplit.At(Whole, cut: 25);

        Assert.Equal([0, 1], split.Train.Items(0).ToArray());
        Assert.Equal([4], split.Train.Items(1).ToArray());
        Assert.Equal([7], split.Train.Items(2).ToArray());
        Assert.Equal([0, 1, 2], split.Test.Users);
        Assert.Equal([2, 3], split.Test.Targets(0).ToArray());
        Assert.Equal([5, 6], split.Test.Targets(1).ToArray());
        Assert.Equal([8], split.Test.Targets(2).ToArray());
    }

    [Fact]
    public void A_time_split_does_not_ask_about_users_without_a_past_or_a_future()
    {
        Assert.Equal([2], TimeSplit.At(Whole, cut: 10).Test.Users);
        Assert.Equal([2], TimeSplit.At(Whole, cut: 41).Test.Users);
    }

    [Fact]
    public void A_time_split_by_share_cuts_where_that_share_of_the_interactions_remains()
    {
        // Times in order: 5 10 15 20 25 30 35 40 50; the last third begins at 35.
        Assert.Equal(35, TimeSplit.ByShare(Whole, 1.0 / 3).Cut);
    }

    [Fact]
    public void A_time_split_needs_times()
    {
        Assert.Throws<ArgumentException>(() => TimeSplit.ByShare(new SequenceDataset(1, [0, 1], [0]), 0.1));
    }

    [Fact]
    public void Fewer_cases_keep_their_histories_and_targets()
    {
        var test = LeaveOneOut.Of(Whole).Test;

        var later = test.Where(i => test.TargetTime(i) < 40);

        Assert.Equal([1], later.Users);
        Assert.Equal([4, 5], later.Histories.Items(1).ToArray());
        Assert.Equal([6], later.Targets(0).ToArray());
    }

    [Fact]
    public void A_prefix_longer_than_the_history_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Whole.Prefixes([5, 0, 0]));
        Assert.Throws<ArgumentException>(() => Whole.Prefixes([-1, 0, 0]));
        Assert.Throws<ArgumentException>(() => Whole.Prefixes([1, 1]));
    }
}
