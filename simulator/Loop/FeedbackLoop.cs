using SasRec.Core.Evaluate.Coverage;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Simulator.Loop;

/// <summary>Rounds of retrain, judge, serve and act in a closed world, with the product's policy, records, join, gate and estimates.</summary>
public sealed class FeedbackLoop
{
    readonly LoopOptions options;
    readonly LoopArm arm;
    readonly Func<SequenceDataset, ulong, ISequenceScorer> train;
    readonly GateOptions gate;
    readonly ClosedWorld world;
    readonly LoopLog log;
    readonly HashSet<int> everServed = [];
    RandomStream random;

    /// <summary>Prepares a loop.</summary>
    /// <param name="options">The world.</param>
    /// <param name="arm">How the system is run in it.</param>
    /// <param name="train">Makes a model of histories and a seed, over their catalogue; disposed when it no longer serves, if it can be.</param>
    /// <param name="gate">When a new model may serve; null takes the product's defaults.</param>
    public FeedbackLoop(LoopOptions options, LoopArm arm, Func<SequenceDataset, ulong, ISequenceScorer> train, GateOptions? gate = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.arm, this.train, this.gate) = (options, arm, train, gate ?? new GateOptions());
        world = new ClosedWorld(options);
        log = new LoopLog(options.Users, options.Items);
        random = new RandomStream(options.Seed + 1_000_003);
    }

    /// <summary>Runs all rounds.</summary>
    /// <param name="cancellationToken">Stops between rounds.</param>
    public IReadOnlyList<LoopRound> Run(CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < options.StartingInteractions; i++)
        {
            Organic(chance: 1);
        }

        using var retraining = new LoopRetraining(train, gate, options.Seed);
        var rounds = new List<LoopRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            world.NextRound();
            log.NextRound(round);
            var decision = retraining.Retrain(log.Dataset(arm.MaxWeight));
            rounds.Add(Serve(retraining, decision.Passed));
            Organic(options.OrganicChance);
        }

        return rounds;
    }

    LoopRound Serve(LoopRetraining retraining, bool promoted)
    {
        var model = retraining.Serving(log.Items, log.Counts);
        var version = $"round {retraining.Version}";
        var histories = Enumerable.Range(0, options.Users).Select(log.History).ToArray();
        var scores = new float[options.Users * options.Items];
        model.Score([.. histories.Select(history => (ReadOnlyMemory<int>)history)], scores);
        var tally = new RoundTally(options, world);
        for (var user = 0; user < options.Users; user++)
        {
            var own = scores.AsSpan(user * options.Items, options.Items);
            var eligible = ItemSet.Of(options.Items, [.. Enumerable.Range(0, options.Items).Where(world.Released).Except(histories[user])]);
            for (var visit = 0; visit < options.SlatesPerRound; visit++)
            {
                // What the model does not know has no score and takes part through epsilon alone.
                var seed = random.NextBits();
                var slate = PlackettLuceSlate.Draw(own, eligible, options.Slots, arm.Policy, seed);
                ShowTo(user, slate, log.Show(user, slate, arm.Policy, seed, version), eligible, tally);
            }
        }

        everServed.UnionWith(tally.ServedItems);
        var released = Enumerable.Range(0, options.Items).Where(world.Released).ToArray();
        var fresh = released.Where(world.IsNew).ToArray();
        var (error, plainError, covered, plainCovered) = tally.Rates(log.Join());
        return new LoopRound(
            world.Round,
            promoted ? 1 : 0,
            tally.UtilityPerSlate,
            Concentration.Coverage([.. released.Select(tally.Served)]),
            Concentration.Gini([.. released.Select(tally.Served)]),
            fresh.Length == 0 ? double.NaN : fresh.Count(everServed.Contains) / (double)fresh.Length,
            error,
            plainError,
            covered,
            plainCovered);
    }

    void ShowTo(int user, Slate slate, Impression impression, ItemSet eligible, RoundTally tally)
    {
        tally.Offer(user, eligible, slate);
        for (var slot = 0; slot < slate.Items.Count; slot++)
        {
            var item = slate.Items[slot].Item;
            var chance = world.Examination(slot) * world.Relevance(user, item);
            tally.Add(item, chance);
            if (random.NextDouble() < chance)
            {
                log.Take(user, item, impression);
                eligible.Remove(item);
            }
        }
    }

    /// <summary>A user looks over ten items that others have, and takes the one they like best.</summary>
    void Organic(double chance)
    {
        var popularity = Enumerable.Range(0, options.Items).Where(world.Released).Select(item => (Item: item, Weight: Math.Sqrt(log.Counts[item] + 0.05))).ToArray();
        var total = popularity.Sum(pair => pair.Weight);
        for (var user = 0; user < options.Users; user++)
        {
            if (random.NextDouble() >= chance)
            {
                continue;
            }

            var taken = log.History(user);
            var seen = Enumerable.Range(0, 10).Select(_ => Sample(popularity, random.NextDouble() * total)).Except(taken).ToArray();
            if (seen.Length > 0)
            {
                log.Take(user, seen.MaxBy(item => world.Relevance(user, item)), from: null);
            }
        }
    }

    static int Sample((int Item, double Weight)[] weights, double target)
    {
        foreach (var (item, weight) in weights)
        {
            target -= weight;
            if (target < 0)
            {
                return item;
            }
        }

        return weights[^1].Item;
    }
}
