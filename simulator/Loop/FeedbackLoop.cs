using SasRec.Core.Evaluate.Coverage;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;

namespace SasRec.Simulator.Loop;

/// <summary>Rounds of serve, act and retrain in a closed world, with the real policy, ledger and estimates.</summary>
public sealed class FeedbackLoop
{
    readonly LoopOptions options;
    readonly LoopArm arm;
    readonly Func<SequenceDataset, ulong, ISequenceScorer> train;
    readonly ClosedWorld world;
    readonly LoopLog log;
    readonly HashSet<int> everServed = [];
    RandomStream random;

    /// <summary>Prepares a loop.</summary>
    /// <param name="options">The world.</param>
    /// <param name="arm">How the system is run in it.</param>
    /// <param name="train">Makes a model of histories and a seed; disposed after its round if it can be.</param>
    public FeedbackLoop(LoopOptions options, LoopArm arm, Func<SequenceDataset, ulong, ISequenceScorer> train)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.arm, this.train) = (options, arm, train);
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

        var rounds = new List<LoopRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            world.NextRound();
            var model = train(log.Training(arm.MaxWeight, random.NextBits()), options.Seed);
            rounds.Add(Serve(model));
            (model as IDisposable)?.Dispose();
            Organic(options.OrganicChance);
        }

        return rounds;
    }

    LoopRound Serve(ISequenceScorer model)
    {
        var histories = Enumerable.Range(0, options.Users).Select(log.History).ToArray();
        var scores = new float[options.Users * options.Items];
        model.Score([.. histories.Select(history => (ReadOnlyMemory<int>)history)], scores);
        var tally = new RoundTally(options, world);
        for (var user = 0; user < options.Users; user++)
        {
            var own = scores.AsSpan(user * options.Items, options.Items);
            for (var i = 0; i < options.Items; i++)
            {
                // What nobody has taken yet the model knows nothing of: it takes part through epsilon alone.
                own[i] = log.Counts[i] == 0 ? float.NegativeInfinity : own[i];
            }

            var eligible = ItemSet.Of(options.Items, [.. Enumerable.Range(0, options.Items).Where(world.Released).Except(histories[user])]);
            for (var visit = 0; visit < options.SlatesPerRound; visit++)
            {
                var slate = PlackettLuceSlate.Draw(own, eligible, options.Slots, arm.Policy, random.NextBits());
                ShowTo(user, slate, eligible, tally);
            }
        }

        everServed.UnionWith(tally.ServedItems);
        var released = Enumerable.Range(0, options.Items).Where(world.Released).ToArray();
        var fresh = released.Where(world.IsNew).ToArray();
        var (error, plainError, covered, plainCovered) = tally.Rates();
        return new LoopRound(
            world.Round,
            tally.UtilityPerSlate,
            Concentration.Coverage([.. released.Select(tally.Served)]),
            Concentration.Gini([.. released.Select(tally.Served)]),
            fresh.Length == 0 ? double.NaN : fresh.Count(everServed.Contains) / (double)fresh.Length,
            error,
            plainError,
            covered,
            plainCovered);
    }

    void ShowTo(int user, Slate slate, ItemSet eligible, RoundTally tally)
    {
        tally.Offer(user, eligible, slate);
        for (var slot = 0; slot < slate.Items.Count; slot++)
        {
            var item = slate.Items[slot];
            var chance = world.Examination(slot) * world.Relevance(user, item.Item);
            var clicked = random.NextDouble() < chance;
            tally.Add(slate, slot, chance, clicked);
            if (clicked)
            {
                log.Add(user, item.Item, item.Propensity);
                eligible.Remove(item.Item);
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
                log.Add(user, seen.MaxBy(item => world.Relevance(user, item)), propensity: null);
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
