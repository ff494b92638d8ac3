using SasRec.Core.Experiments;
using SasRec.Core.Rules;
using SasRec.Functions.Experiments;
using SasRec.Functions.Serve;
using SasRec.Storage.Experiments;

namespace SasRec.Functions.Tests.Experiments;

public sealed class ArmSettingTests
{
    [Fact]
    public void A_user_gets_what_the_arms_of_every_running_experiment_change()
    {
        var book = Book(
            Running("model", new ExperimentArm("b", 1) { ModelVersion = "2" }),
            Running("policy", new ExperimentArm("b", 1) { Temperature = 0.7, Epsilon = 0.1 }),
            Running("elsewhere", new ExperimentArm("b", 1) { Recommender = "similar" }) with { Experiment = Plan("elsewhere", new ExperimentArm("b", 1) { Recommender = "similar" }, "basket") });

        var setting = ArmSetting.Of(book, "home", "ann", ArmChanges.None);

        Assert.Equal(("2", 0.7, 0.1, null), (setting.ModelVersion, setting.Temperature, setting.Epsilon, setting.Recommender));
        Assert.Equal([("model", "b"), ("policy", "b")], setting.Assigned.Select(arm => (arm.Experiment, arm.Arm)));
    }

    [Fact]
    public void Nobody_in_particular_and_requests_that_decide_themselves_are_not_part()
    {
        var book = Book(Running("policy", new ExperimentArm("b", 1) { Temperature = 0.7 }), Running("model", new ExperimentArm("b", 1) { ModelVersion = "2" }));

        Assert.Empty(ArmSetting.Of(book, "home", null, ArmChanges.None).Assigned);
        var decided = ArmSetting.Of(book, "home", "ann", ArmChanges.Policy);
        Assert.Equal("model", Assert.Single(decided.Assigned).Experiment);
        Assert.Null(decided.Temperature);
    }

    [Fact]
    public void What_was_shipped_holds_for_everybody_until_an_arm_says_otherwise()
    {
        var shipped = Running("shipped", new ExperimentArm("b", 1) { Exploration = 0.05, Recommender = "popularity" }) with { State = ExperimentState.Shipped, ShippedArm = "b" };

        var everybody = ArmSetting.Of(Book(shipped), "home", null, ArmChanges.None);
        Assert.Equal((0.05, "popularity", 0), (everybody.Exploration, everybody.Recommender, everybody.Assigned.Count));

        var user = ArmSetting.Of(Book(shipped, Running("next", new ExperimentArm("b", 1) { Temperature = 1, Recommender = "sasrec" })), "home", "ann", ArmChanges.None);
        Assert.Equal((null, 1.0, "sasrec"), (user.Exploration, user.Temperature, user.Recommender));
        Assert.Null(ArmSetting.Of(Book(shipped), "home", "ann", ArmChanges.Policy).Exploration);
    }

    [Fact]
    public void Rules_of_an_arm_come_on_top_of_each_other()
    {
        var cap = new SlateRules { MaxPerCategory = 2 };
        var setting = ArmSetting.Of(Book(Running("rules", new ExperimentArm("b", 1) { Rules = cap })), "home", "ann", ArmChanges.None);

        Assert.Equal(2, setting.Rules.MaxPerCategory);
    }

    [Fact]
    public void The_share_of_a_recommender_is_the_probability_with_which_it_answers_over_all_users()
    {
        // A quarter gets what is popular, a quarter what is similar, a half what the placement shares out: 80% network, 20% popular.
        var experiment = Plan(
            "recommender",
            new ExperimentArm("control", 0.25),
            new ExperimentArm("popular", 0.25) { Recommender = "popularity" },
            new ExperimentArm("similar", 0.25) { Recommender = "similar" });
        var book = Book(new StoredExperiment(experiment, ExperimentState.Running, 1));
        var placement = new Placement(new ServeOptions(), new PlacementOptions { Recommenders = new() { Popularity = 0.2 } });
        var request = new RecommendationRequest { K = 10, ExcludeSeen = true, NewItemShare = 0 };
        const int Users = 20_000;

        var choices = Enumerable.Range(0, Users).Select(i =>
        {
            var of = request with { UserId = $"user {i}" };
            var arms = ArmSetting.Of(book, "home", of.UserId, ArmChanges.None);
            return RecommenderChoice.Of(placement.SharesOf(arms), of, known: true, DateTimeOffset.UnixEpoch, 1);
        }).CountBy(choice => choice).ToDictionary();

        var shares = choices.Keys.ToDictionary(choice => choice.Recommender, choice => choice.Share);
        Assert.Equal(0.4, shares["sasrec"], 1e-12);
        Assert.Equal(0.35, shares["popularity"], 1e-12);
        Assert.Equal(0.25, shares["similar"], 1e-12);

        // Chi-square with 2 degrees of freedom: 13.8 is exceeded once in a thousand.
        Assert.True(choices.Sum(found => Math.Pow(found.Value - (Users * found.Key.Share), 2) / (Users * found.Key.Share)) < 13.8);
    }

    static ExperimentBook Book(params StoredExperiment[] experiments) => new() { Experiments = experiments };

    static StoredExperiment Running(string id, params ExperimentArm[] arms) => new(Plan(id, arms), ExperimentState.Running, 1);

    static Experiment Plan(string id, ExperimentArm arm, string placement) => Plan(id, arm) with { Placement = placement };

    static Experiment Plan(string id, params ExperimentArm[] arms) => new() { Id = id, Arms = arms };
}
