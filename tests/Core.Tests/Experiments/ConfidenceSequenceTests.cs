using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Experiments;
using SasRec.Core.Explore;

namespace SasRec.Core.Tests.Experiments;

public sealed class ConfidenceSequenceTests
{
    [Fact]
    public void The_reach_is_that_of_the_equation()
    {
        // ρ² = (-2 ln 0.05 + ln(-2 ln 0.05) + 1) / 10,000 = (5.99146 + 1.79034 + 1) / 10,000.
        var sequence = new ConfidenceSequence(0.05, 10_000);

        Assert.Equal(6.417749795727652, sequence.Reach(200), 1e-12);
        Assert.Equal(3.76325634638413, sequence.Reach(1_000), 1e-12);
        Assert.Equal(3.035446396635931, sequence.Reach(10_000), 1e-12);
        Assert.Equal(3.2553601156474046, sequence.Reach(100_000), 1e-12);
    }

    [Fact]
    public void Users_are_enough_where_the_interval_and_its_chance_fit_into_the_difference()
    {
        var sequence = new ConfidenceSequence(0.05, 10_000);

        var users = sequence.Needed(deviation: 2, difference: 0.1);

        Assert.Equal(6_060.57, users, 0.01);
        Assert.Equal(0.1, 2 / Math.Sqrt(users) * (sequence.Reach(users) + 0.841621), 1e-6);
    }

    [Fact]
    public void More_users_are_needed_by_those_that_were_seen()
    {
        // A deviation of 2 over 1,000 users: 6,061 are needed for a difference of 0.1, fewer than 1,000 for one of 1.
        var sequence = new ConfidenceSequence(0.05, 10_000);

        Assert.Equal(5_061, sequence.MoreNeeded(1_000, 2 / Math.Sqrt(1_000), 0.1));
        Assert.Equal(0, sequence.MoreNeeded(1_000, 2 / Math.Sqrt(1_000), 1));
    }

    [Fact]
    public void A_single_look_is_as_wide_at_its_confidence()
    {
        // P(|N| <= 3.035446) = 0.9975982.
        Assert.Equal(0.9975982009, new ConfidenceSequence(0.05, 10_000).SingleLook(10_000), 1e-7);
    }

    [Fact]
    public void A_policy_that_is_as_good_as_another_is_hardly_ever_called_better_or_worse_however_often_one_looks()
    {
        var sequence = new ConfidenceSequence(0.05, 10_000);
        var (looks, runs, once, always) = (Enumerable.Range(1, 15).Select(look => look * 100).ToArray(), 200, 0, 0);
        for (var run = 0; run < runs; run++)
        {
            // Two items, shown alike and taken alike; the other policy prefers the first.
            var random = new RandomStream((ulong)run);
            LoggedSlate[] slates =
            [
                .. Enumerable.Range(0, looks[^1]).Select(_ => new LoggedSlate
                {
                    Logging = [0.5], Target = [random.NextDouble() < 0.5 ? 0.8 : 0.2], Rewards = [random.NextDouble() < 0.2 ? 1 : 0],
                }),
            ];
            once += looks.Any(look => IsBeyond(slates[..look], 0.95)) ? 1 : 0;
            always += looks.Any(look => IsBeyond(slates[..look], sequence.SingleLook(look))) ? 1 : 0;
        }

        Assert.True(once > 0.1 * runs, $"{once} of {runs} by single looks");
        Assert.True(always <= 0.05 * runs, $"{always} of {runs} by the sequence");

        static bool IsBeyond(LoggedSlate[] slates, double confidence)
        {
            var found = PolicyDifference.Of(
                slates, [.. Enumerable.Range(0, slates.Length)], new OffPolicyOptions { Confidence = confidence });
            return found.Low > 0 || found.High < 0;
        }
    }

    [Fact]
    public void Numbers_of_users_that_contradict_the_shares_are_told_however_often_one_looks()
    {
        Assert.Equal(1, SampleRatio.PValue([0, 0], [0.5, 0.5]));
        Assert.Equal(1, SampleRatio.PValue([100, 300, 100], [0.1, 0.3, 0.1]));
        Assert.Equal(0.0046855644, SampleRatio.PValue([560, 440], [0.5, 0.5]), 1e-9);
        Assert.Equal(0.0246734752, SampleRatio.PValue([130, 270], [0.25, 0.75]), 1e-9);
        Assert.Equal(3.74994e-8, SampleRatio.PValue([600, 400], [0.4, 0.4]), 1e-12);
    }
}
