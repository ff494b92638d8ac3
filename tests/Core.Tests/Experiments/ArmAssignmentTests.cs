using SasRec.Core.Experiments;

namespace SasRec.Core.Tests.Experiments;

public sealed class ArmAssignmentTests
{
    const int Users = 100_000;

    [Fact]
    public void Users_are_uniform_over_an_experiment()
    {
        var counts = new int[20];
        for (var user = 0; user < Users; user++)
        {
            counts[(int)(ArmAssignment.PlaceOf("home page", $"user-{user}") * 20)]++;
        }

        // Chi-square with 19 degrees of freedom: 43.8 is exceeded once in a thousand.
        Assert.True(counts.Sum(count => Math.Pow(count - (Users / 20.0), 2) / (Users / 20.0)) < 43.8);
    }

    [Fact]
    public void Arms_of_two_experiments_are_independent_of_each_other()
    {
        var counts = new int[25];
        for (var user = 0; user < Users; user++)
        {
            var (one, other) = (ArmAssignment.PlaceOf("home page", $"user-{user}"), ArmAssignment.PlaceOf("home page 2", $"user-{user}"));
            counts[((int)(one * 5) * 5) + (int)(other * 5)]++;
        }

        // Chi-square with 24 degrees of freedom: 51.2 is exceeded once in a thousand.
        Assert.True(counts.Sum(count => Math.Pow(count - (Users / 25.0), 2) / (Users / 25.0)) < 51.2);
    }

    [Fact]
    public void A_user_keeps_an_arm_on_every_instance_and_in_every_release()
    {
        Assert.Equal(0.8122810893576107, ArmAssignment.PlaceOf("checkout", "user 1"), 1e-15);
        Assert.Equal(0.6787521440099298, ArmAssignment.PlaceOf("checkout", "user 2"), 1e-15);
    }

    [Fact]
    public void Shares_decide_how_many_users_are_in_each_arm_and_how_many_in_none()
    {
        var experiment = new Experiment
        {
            Id = "three", Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.25), new ExperimentArm("c", 0.05)],
        };

        var counts = Enumerable.Range(0, Users).CountBy(user => ArmAssignment.Of(experiment, $"user-{user}")?.Name ?? "none").ToDictionary();

        // Within four standard deviations, of at most 158 users.
        Assert.InRange(counts["a"], 50_000 - 632, 50_000 + 632);
        Assert.InRange(counts["b"], 25_000 - 548, 25_000 + 548);
        Assert.InRange(counts["c"], 5_000 - 276, 5_000 + 276);
        Assert.InRange(counts["none"], 20_000 - 506, 20_000 + 506);
    }

    [Fact]
    public void Experiments_collide_where_they_change_the_same_at_the_same_place()
    {
        var model = Changing(new ExperimentArm("b", 0.5) { ModelVersion = "2" }, placement: null);
        var policy = Changing(new ExperimentArm("b", 0.5) { Temperature = 1 }, placement: "home");

        Assert.True(model.Collides(Changing(new ExperimentArm("b", 0.5) { ModelVersion = "3" }, "home")));
        Assert.True(policy.Collides(Changing(new ExperimentArm("b", 0.5) { Epsilon = 0.1 }, "home")));
        Assert.False(policy.Collides(Changing(new ExperimentArm("b", 0.5) { Epsilon = 0.1 }, "basket")));
        Assert.False(policy.Collides(model));
        Assert.False(Changing(new ExperimentArm("b", 0.5), null).Collides(Changing(new ExperimentArm("b", 0.5), null)));
    }

    static Experiment Changing(ExperimentArm arm, string? placement) =>
        new() { Id = "e", Placement = placement, Arms = [new ExperimentArm("a", 0.5), arm] };
}
