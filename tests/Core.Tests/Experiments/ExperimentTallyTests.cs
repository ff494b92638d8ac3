using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Experiments;

namespace SasRec.Core.Tests.Experiments;

public sealed class ExperimentTallyTests
{
    static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    static readonly Experiment Hourly = new()
    {
        Id = "hourly", WindowSeconds = 3_600, Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5) { ModelVersion = "2" }],
    };

    [Fact]
    public void Users_are_the_units_and_what_they_do_within_their_window_is_their_outcome()
    {
        var tally = new ExperimentTally(Hourly, new LedgerOptions());

        // One user, two slates: three actions within the hour after the first slate, one after it. What was seen is no action.
        tally.Add(Slate("u1", "a", Noon) with { Events = [Act("x", 1), Act("y", 59), Seen("z", 2)] });
        tally.Add(Slate("u1", "a", Noon.AddMinutes(30)) with { Events = [Act("x", 40), Act("y", 61)] });

        // Another one comes back when the hour has passed, and acts on it: that is no outcome.
        tally.Add(Slate("u2", "a", Noon));
        tally.Add(Slate("u2", "a", Noon.AddMinutes(61)) with { Events = [Act("x", 62)] });

        // What a rule put there counts as well as what was drawn.
        tally.Add(Slate("u3", "b", Noon, forced: "pinned") with { Events = [Act("pinned", 5)] });

        // A user whose hour has not passed is open.
        tally.Add(Slate("u4", "b", Noon.AddMinutes(90)) with { Events = [Act("x", 91)] });
        var report = tally.Build(Noon.AddMinutes(120));

        var (a, b) = (report.Arms[0], report.Arms[1]);
        Assert.Equal((2, 0, 1, 1.5), (a.Users, a.OpenUsers, a.Acted, a.Mean!.Value));
        Assert.Equal(Math.Sqrt(4.5), a.Deviation!.Value, 1e-12);
        Assert.Equal((1, 1, 1, 1.0), (b.Users, b.OpenUsers, b.Acted, b.Mean!.Value));
        Assert.Equal((4, 3, 0.0), (a.Guards.Slates, a.Guards.Items, a.Guards.EmptyShare!.Value));
    }

    [Fact]
    public void Slates_of_other_experiments_of_nobody_and_with_a_chosen_seed_do_not_count()
    {
        var tally = new ExperimentTally(Hourly, new LedgerOptions());

        tally.Add(Of(Slate("u1", "a", Noon), impression => impression with { Experiments = [new AssignedArm("other", "a")] }));
        tally.Add(Of(Slate("u1", "a", Noon), impression => impression with { Experiments = null }));
        tally.Add(Of(Slate("u1", "a", Noon), impression => impression with { UserId = null }));
        tally.Add(Of(Slate("u1", "a", Noon), impression => impression with { Seeded = true }));
        tally.Add(Slate("u1", "unknown", Noon));

        Assert.All(tally.Build(Noon.AddDays(1)).Arms, arm => Assert.Equal((0, 0), (arm.Users, arm.Guards.Slates)));
    }

    [Fact]
    public void Guards_count_empty_slates_times_and_slates_of_another_model()
    {
        var tally = new ExperimentTally(Hourly, new LedgerOptions());
        for (var slate = 0; slate < 10; slate++)
        {
            tally.Add(Of(Slate($"u{slate}", "b", Noon), impression => impression with
            {
                Milliseconds = slate < 9 ? 1 : 100,
                ModelVersion = slate < 4 ? "1" : "2",
                Items = slate == 0 ? [] : impression.Items,
            }));
        }

        var guards = tally.Build(Noon.AddDays(1)).Arms[1].Guards;

        Assert.Equal((10, 0.1, 0.4), (guards.Slates, guards.EmptyShare!.Value, guards.OtherModelShare!.Value));
        Assert.InRange(guards.MedianMilliseconds!.Value, 1, 1.1);
        Assert.InRange(guards.P95Milliseconds!.Value, 100, 110);
    }

    [Fact]
    public void Users_beyond_the_limit_make_it_a_sample_and_leave_the_means_alone()
    {
        var (tally, random) = (new ExperimentTally(Hourly, new LedgerOptions(), maxUsers: 1_000), new Core.Explore.RandomStream(7));
        for (var user = 0; user < 10_000; user++)
        {
            var (arm, acts) = (ArmAssignment.Of(Hourly, $"u{user}")!.Name, random.NextDouble() < 0.3);
            tally.Add(Slate($"u{user}", arm, Noon) with { Events = acts ? [Act("x", 1)] : [] });
        }

        var report = tally.Build(Noon.AddDays(1));

        Assert.Equal(1 / 16.0, report.UserSample);
        Assert.InRange(report.Arms.Sum(arm => arm.Users), 625 - 97, 625 + 97);
        Assert.All(report.Arms, arm => Assert.InRange(arm.Mean!.Value, 0.3 - 0.11, 0.3 + 0.11));
        Assert.Equal(1, report.SampleRatio);
    }

    static SlateEvent Act(string item, int minute) => new(item, "purchase", Noon.AddMinutes(minute));

    static SlateEvent Seen(string item, int minute) => new(item, Sighting.Type, Noon.AddMinutes(minute));

    static ServedSlate Of(ServedSlate slate, Func<Impression, Impression> change) => slate with { Impression = change(slate.Impression) };

    static ServedSlate Slate(string user, string arm, DateTimeOffset at, string? forced = null) => new(
        new Impression
        {
            RecommendationId = "r",
            UserId = user,
            ServedAt = at,
            ModelVersion = "2",
            Recommender = "sasrec",
            Temperature = 1,
            Epsilon = 0,
            Seed = 0,
            EligibleCount = 4,
            Experiments = [new AssignedArm("other", "b"), new AssignedArm("hourly", arm)],
            Forced = forced is null ? null : [new ForcedItem(forced, 4)],
            Items = [new("x", 1, 0.5, 0.5, false), new("y", 2, 0.5, 0.5, false), new("z", 3, 0.5, 0.5, false)],
        },
        []);
}
