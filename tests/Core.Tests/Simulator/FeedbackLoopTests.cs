using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;
using SasRec.Simulator.Loop;

namespace SasRec.Core.Tests.Simulator;

public sealed class FeedbackLoopTests
{
    static readonly LoopOptions Small = new() { Users = 60, Items = 120, Rounds = 4 };
    static readonly LoopArm Greedy = new("greedy", ExplorationPolicy.Greedy);
    static readonly LoopArm Exploring = new("exploring", new ExplorationPolicy { Temperature = 1, Epsilon = 0.2 });

    [Fact]
    public void The_same_seed_runs_the_same_rounds() => Assert.Equal(Run(Small, Exploring), Run(Small, Exploring));

    [Fact]
    public void Another_seed_is_another_world() =>
        Assert.NotEqual(Run(Small, Exploring)[0].Utility, Run(Small with { Seed = 2 }, Exploring)[0].Utility);

    [Fact]
    public void Exploring_shows_more_of_the_catalogue_and_finds_what_is_new()
    {
        var (greedy, exploring) = (Run(Small, Greedy), Run(Small, Exploring));
        Assert.Equal([1, 2, 3, 4], greedy.Select(round => round.Round));
        Assert.True(exploring[^1].Coverage > 2 * greedy[^1].Coverage);
        Assert.True(exploring[^1].Gini < greedy[^1].Gini);
        Assert.True(exploring[^1].Discovered > greedy[^1].Discovered);
    }

    [Fact]
    public void What_the_world_does_does_not_depend_on_what_it_is_served()
    {
        var (one, other) = (new ClosedWorld(Small), new ClosedWorld(Small));
        one.NextRound();
        other.NextRound();
        Assert.Equal(one.Relevance(3, 5), other.Relevance(3, 5));
        Assert.InRange(Enumerable.Range(0, 120).Average(item => one.Relevance(3, item)), 0.01, 0.5);
        Assert.Equal(1, one.Examination(0));
        Assert.True(one.Examination(7) < 0.3);
    }

    [Fact]
    public void Correction_thins_what_was_certain_and_keeps_what_was_rare_and_what_was_organic()
    {
        var lengths = new List<int>();
        ISequenceScorer Note(SequenceDataset data, ulong seed)
        {
            lengths.Add(data.InteractionCount);
            return PopularityScorer.AllTime(data);
        }

        // Greedy slates have propensity 1, so a fifth of their clicks is kept; before the first round all is organic.
        _ = new FeedbackLoop(Small, Greedy, Note).Run();
        var plain = lengths.ToArray();
        lengths.Clear();
        _ = new FeedbackLoop(Small, Greedy with { MaxWeight = 5 }, Note).Run();
        Assert.Equal(plain[0], lengths[0]);
        Assert.True(lengths[^1] < plain[^1]);
    }

    [Fact]
    public void A_world_out_of_range_is_refused_by_name()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new ClosedWorld(Small with { Drift = 2 }));
        Assert.Contains("Drift must be 0 to 1", refusal.Message, StringComparison.Ordinal);
    }

    static IReadOnlyList<LoopRound> Run(LoopOptions options, LoopArm arm) =>
        new FeedbackLoop(options, arm, (data, _) => PopularityScorer.AllTime(data)).Run();
}
