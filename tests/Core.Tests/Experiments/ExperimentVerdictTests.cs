using SasRec.Core.Experiments;

namespace SasRec.Core.Tests.Experiments;

public sealed class ExperimentVerdictTests
{
    static readonly Experiment Two = new() { Id = "two", Effect = 0.5, Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5)] };
    static readonly ArmGuards Quiet = new(1_000, 0, 50, 2, 5, null);

    [Fact]
    public void A_difference_is_what_was_worked_out_by_hand()
    {
        // a: 40 of 200 users act once; the squares about the mean, and one more, are 33. b: 80 of 200 once, 40 twice; they are 113. The difference .6 has
        // a standard error of √(33 / 200² + 113 / 200²) = .0604, and at 400 users the interval reaches 4.92 of them.
        var report = Report(Sums(160, 40, 0), Sums(80, 80, 40));

        var found = report.Arms[1].Difference!;
        Assert.Equal((0.2, 0.8), (report.Arms[0].Mean!.Value, report.Arms[1].Mean!.Value));
        Assert.Equal(0.6, found.Value, 1e-12);
        Assert.Equal(0.30275946393035763, found.Low, 1e-9);
        Assert.Equal(0.8972405360696425, found.High, 1e-9);
        Assert.Equal(3, found.Relative!.Value, 1e-12);
        Assert.Equal("b is better than a by 0.6 actions a user (+300.0%), [0.303, 0.897].", report.Verdict);
        Assert.Empty(report.Warnings);
    }

    [Fact]
    public void An_interval_has_a_width_even_where_all_users_of_an_arm_do_the_same()
    {
        var found = Report(Sums(200, 0, 0), Sums(0, 200, 0)).Arms[1].Difference!;

        Assert.InRange(found.High - found.Low, 0.06, 0.08);
        Assert.True(found.Better);
    }

    [Fact]
    public void A_worse_arm_is_called_worse() =>
        Assert.StartsWith("b is worse than a by 0.6 actions a user (-75.0%), [", Report(Sums(80, 80, 40), Sums(160, 40, 0)).Verdict, StringComparison.Ordinal);

    [Fact]
    public void Without_a_difference_the_users_needed_are_told()
    {
        var report = Report(Sums(160, 40, 0), Sums(158, 42, 0));

        Assert.Contains("No difference yet between b and a", report.Verdict, StringComparison.Ordinal);
        Assert.Contains("more users are needed to find a difference of 50%", report.Verdict, StringComparison.Ordinal);
        Assert.True(report.Arms[1].Difference!.MoreUsers > 0);
    }

    [Fact]
    public void Arms_that_are_as_good_as_each_other_are_told_to_be() =>
        Assert.StartsWith("b and a differ by less than 50%, [", Report(Sums(40_000, 10_000, 0), Sums(40_000, 10_000, 0)).Verdict, StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_said_of_a_few_users()
    {
        var report = Report(Sums(49, 50, 0), Sums(100, 0, 0));

        Assert.Null(report.Arms[1].Difference);
        Assert.StartsWith("Too early to compare b with a: it takes 100 users in each", report.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Users_that_do_not_fit_the_shares_take_the_verdict_away()
    {
        var report = Report(Sums(480, 120, 0), Sums(160, 160, 80));

        Assert.Equal("No verdict: the arms do not have the users that their shares give them.", report.Verdict);
        Assert.Contains("600 of 'a' (50%), 400 of 'b' (50%)", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Guards_speak_where_an_arm_makes_something_worse()
    {
        var bad = new ArmGuards(1_000, 0.05, 20, 9, 30, 0.25);

        var report = ExperimentVerdict.Of(Two, [Sums(160, 40, 0), Sums(160, 40, 0)], [Quiet, bad], DateTimeOffset.UnixEpoch);

        Assert.Equal(
            [
                "25.0% of the slates of 'b' were drawn by another model, because its own was not in memory: the difference looks smaller than it is.",
                "5.0% of the slates of 'b' are empty, 0.0% of 'a'.",
                "One slate in twenty of 'b' takes 30 ms or more, of 'a' 5 ms.",
                "'b' shows 20 different items, 'a' 50.",
            ],
            report.Warnings);
    }

    static ExperimentReport Report(params ArmSums[] sums) => ExperimentVerdict.Of(Two, sums, [Quiet, Quiet], DateTimeOffset.UnixEpoch);

    /// <summary>So many users with 0, 1 and 2 actions.</summary>
    static ArmSums Sums(params int[] users)
    {
        var sums = new ArmSums();
        foreach (var (actions, count) in users.Index())
        {
            for (var user = 0; user < count; user++)
            {
                sums.Add(actions);
            }
        }

        return sums;
    }
}
