using SasRec.Core.Evaluate.Coverage;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Response;
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
    readonly LoopResponses responses;
    RandomStream random;

    /// <summary>Prepares a loop.</summary>
    /// <param name="options">The world.</param>
    /// <param name="arm">How the system is run in it.</param>
    /// <param name="train">Makes a model of histories and a seed, over their item vocabulary; disposed when it no longer serves, if it can be.</param>
    /// <param name="gate">When a new model may serve; null takes the product's defaults.</param>
    public FeedbackLoop(LoopOptions options, LoopArm arm, Func<SequenceDataset, ulong, ISequenceScorer> train, GateOptions? gate = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (this.options, this.arm, this.train, this.gate) = (options, arm, train, gate ?? new GateOptions());
        world = new ClosedWorld(options);
        log = new LoopLog(options.Users, options.Items);
        responses = new LoopResponses(options.Items);
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

        using var retraining = new LoopRetraining(train, gate, options.Seed, arm.Exploration is not null);
        var rounds = new List<LoopRound>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            world.NextRound();
            log.NextRound(round);
            var decision = retraining.Retrain(log.Dataset(arm.MaxWeight));
            if (arm.Response && retraining.Version > 0)
            {
                responses.Refit(Scale(retraining));
            }

            rounds.Add(Serve(retraining, decision.Passed));
            Organic(options.OrganicChance);
        }

        return rounds;
    }

    /// <summary>The scale of what serves from now on, on every user's history as it stands.</summary>
    ScoreScale Scale(LoopRetraining retraining)
    {
        var (histories, offsets) = (new List<int>(), new int[options.Users + 1]);
        for (var user = 0; user < options.Users; user++)
        {
            histories.AddRange(log.History(user));
            offsets[user + 1] = histories.Count;
        }

        return ServedScores.Of(
            retraining.Serving(log.Items, log.Counts), new SequenceDataset(options.Items, offsets, [.. histories]), PolicyOf(retraining), options.Slots);
    }

    ExplorationPolicy PolicyOf(LoopRetraining retraining) => arm.Exploration is { } price
        ? retraining.Curve.Policy(price, arm.Policy.Epsilon) with { NewItemShare = arm.Policy.NewItemShare }
        : arm.Policy;

    LoopRound Serve(LoopRetraining retraining, bool promoted)
    {
        var model = retraining.Serving(log.Items, log.Counts);
        var version = $"round {retraining.Version}";
        var policy = PolicyOf(retraining);
        var tally = new RoundTally(options, world);
        responses.NextRound(retraining.Version);
        for (var visit = 0; visit < options.SlatesPerRound; visit++)
        {
            // What a user did at the visit before is in the history at this one.
            var histories = Enumerable.Range(0, options.Users).Select(log.History).ToArray();
            var scores = new float[options.Users * options.Items];
            model.Score([.. histories.Select(history => (ReadOnlyMemory<int>)history)], scores);
            for (var user = 0; user < options.Users; user++)
            {
                var own = scores.AsSpan(user * options.Items, options.Items);
                var eligible = ItemSet.Of(options.Items, [.. Enumerable.Range(0, options.Items).Where(world.Released).Except(histories[user])]);
                var seed = random.NextBits();
                var slate = Draw(own, eligible, policy, seed);
                ShowTo(user, slate, log.Show(user, slate, policy, seed, version), eligible, tally);
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
            tally.PossiblePerSlate - tally.UtilityPerSlate,
            Concentration.Coverage([.. released.Select(tally.Served)]),
            Concentration.Gini([.. released.Select(tally.Served)]),
            fresh.Length == 0 ? double.NaN : fresh.Count(everServed.Contains) / (double)fresh.Length,
            error,
            plainError,
            covered,
            plainCovered);
    }

    /// <summary>A slate as serving draws it: what the model does not know stands behind its items, as new.</summary>
    Slate Draw(ReadOnlySpan<float> scores, ItemSet eligible, ExplorationPolicy policy, ulong seed)
    {
        var (order, known) = (new int[scores.Length], 0);
        for (var item = 0; item < scores.Length; item++)
        {
            if (float.IsFinite(scores[item]))
            {
                order[known++] = item;
            }
        }

        var behind = known;
        for (var item = 0; item < scores.Length; item++)
        {
            if (!float.IsFinite(scores[item]))
            {
                order[behind++] = item;
            }
        }

        var (served, places) = (new float[known], ItemSet.None(scores.Length));
        for (var place = 0; place < order.Length; place++)
        {
            if (place < known)
            {
                served[place] = scores[order[place]] + responses.TermOf(order[place]);
            }

            if (eligible.Contains(order[place]))
            {
                places.Add(place);
            }
        }

        var slate = PlackettLuceSlate.Draw(served, places, options.Slots, policy, seed);
        return slate with { Items = [.. slate.Items.Select(slot => slot with { Item = order[slot.Item] })] };
    }

    void ShowTo(int user, Slate slate, Impression impression, ItemSet eligible, RoundTally tally)
    {
        tally.Offer(user, eligible, slate);
        var slots = new ServedSlot[slate.Items.Count];
        for (var slot = 0; slot < slate.Items.Count; slot++)
        {
            var item = slate.Items[slot].Item;
            var chance = world.Examination(slot) * world.Relevance(user, item);
            tally.Add(item, chance);
            var taken = random.NextDouble() < chance;
            slots[slot] = responses.Slot(slate.Items[slot], slot + 1, taken);
            if (taken)
            {
                log.Take(user, item, impression);
                eligible.Remove(item);
            }
        }

        responses.Add(new ResponseSlate((ulong)user, slots));
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
