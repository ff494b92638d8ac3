using SasRec.Core.Evaluate.Gate;
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
    public void Correction_weighs_what_came_through_slates_and_leaves_what_was_organic()
    {
        var seen = new List<SequenceDataset>();
        ISequenceScorer Note(SequenceDataset data, ulong seed)
        {
            seen.Add(data);
            return PopularityScorer.AllTime(data);
        }

        _ = new FeedbackLoop(Small, Exploring, Note).Run();
        Assert.All(seen, data => Assert.False(data.HasWeights));
        seen.Clear();
        _ = new FeedbackLoop(Small, Exploring with { MaxWeight = 5 }, Note).Run();
        Assert.All(Weights(seen[0]), weight => Assert.Equal(1, weight));
        Assert.Contains(Weights(seen[^1]), weight => weight < 0.9f);
        Assert.Contains(Weights(seen[^1]), weight => weight > 1.1f);
        Assert.All(Weights(seen[^1]), weight => Assert.InRange(weight, 0, 5));

        static float[] Weights(SequenceDataset data) =>
            [.. Enumerable.Range(0, data.UserCount).SelectMany(user => data.Weights(user).ToArray())];
    }

    [Fact]
    public void What_the_gate_refuses_does_not_serve_and_what_it_lets_through_does()
    {
        var refused = Run(Small, Exploring);
        Assert.All(refused, round => Assert.Equal(0, round.Promoted));

        // A gate that asks for next to no evidence lets a model through that is better on average.
        var lenient = new GateOptions { Confidence = 0.51, Tolerance = 1, MinUsers = 1 };
        ISequenceScorer Unseen(SequenceDataset data, ulong seed) => new CoOccurrence(data);
        var passed = new FeedbackLoop(Small, Exploring, Unseen, lenient).Run();
        Assert.Contains(passed, round => round.Promoted == 1);
        Assert.NotEqual(refused[^1].Utility, passed[^1].Utility);
    }

    [Fact]
    public void The_response_model_learns_from_round_to_round()
    {
        var world = Small with { Users = 120, Rounds = 5 };
        var lenient = new GateOptions { Confidence = 0.51, Tolerance = 1, MinUsers = 1 };
        ISequenceScorer Unseen(SequenceDataset data, ulong seed) => new CoOccurrence(data);
        var arm = Exploring with { Response = true };

        var learning = new FeedbackLoop(world, arm, Unseen, lenient).Run();

        var without = new FeedbackLoop(world, arm with { Response = false }, Unseen, lenient).Run();
        Assert.Equal(without[0].Utility, learning[0].Utility);
        Assert.NotEqual(without[^1].Utility, learning[^1].Utility);
        Assert.Equal(learning, new FeedbackLoop(world, arm, Unseen, lenient).Run());
    }

    [Fact]
    public void Regret_is_what_the_best_slates_would_have_been_worth_beyond_what_was_served()
    {
        var rounds = Run(Small, Greedy);
        Assert.All(rounds, round => Assert.True(round.Regret > 0));

        // With as many slots as items every slate holds all that is left, so only the order can cost anything: by far less than the choice does.
        var all = Run(Small with { Slots = 120, Rounds = 1, NewItems = 0, PositionBias = 0 }, Greedy);
        Assert.Equal(0, all[0].Regret, 1e-9);
    }

    [Fact]
    public void A_world_out_of_range_is_refused_by_name()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new ClosedWorld(Small with { Drift = 2 }));
        Assert.Contains("Drift must be 0 to 1", refusal.Message, StringComparison.Ordinal);
    }

    static IReadOnlyList<LoopRound> Run(LoopOptions options, LoopArm arm) =>
        new FeedbackLoop(options, arm, (data, _) => PopularityScorer.AllTime(data)).Run();

    /// <summary>Items that stand in the same histories: a little better than popularity.</summary>
    sealed class CoOccurrence : ISequenceScorer
    {
        readonly float[,] follows;
        readonly int[] counts;

        public CoOccurrence(SequenceDataset data)
        {
            (follows, counts) = (new float[data.ItemCount, data.ItemCount], ItemCounts.AllTime(data));
            for (var user = 0; user < data.UserCount; user++)
            {
                foreach (var one in data.Items(user))
                {
                    foreach (var other in data.Items(user))
                    {
                        follows[one, other]++;
                    }
                }
            }
        }

        public int ItemCount => counts.Length;

        public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
        {
            for (var i = 0; i < histories.Count; i++)
            {
                var row = scores.Span.Slice(i * ItemCount, ItemCount);
                row.Clear();
                foreach (var item in histories[i].Span)
                {
                    for (var other = 0; other < row.Length; other++)
                    {
                        row[other] += follows[item, other] / (counts[item] + 1f);
                    }
                }
            }
        }
    }
}
