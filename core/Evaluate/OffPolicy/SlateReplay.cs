using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.OffPolicy;

/// <summary>A slate with what it earned.</summary>
/// <param name="Impression">The slate as logged.</param>
/// <param name="Rewards">[slots]: 1 where the user acted on the item and named the slate, else 0.</param>
public sealed record RewardedSlate(Impression Impression, double[] Rewards);

/// <summary>What a model of the rewards expects of an item in a slot.</summary>
/// <param name="slate">The slate as logged.</param>
/// <param name="rank">1 for the first slot.</param>
/// <param name="item">The item's index; V or more for a new one.</param>
/// <param name="score">The champion's score of it; negative infinity for none.</param>
public delegate double ExpectedReward(Impression slate, int rank, int item, float score);

/// <summary>Asks a challenger about slates that a champion served, from the log alone.</summary>
/// <remarks>
/// The log has no histories and no filters. A history is rebuilt from what the user had done by the time of serving; whether that is the
/// history that was served to is then checked, not assumed: the champion is asked again, and where its scores of the slate are not
/// those logged (an event arrived late, the client sent a history of its own) the slate is left out and counted. What was eligible is
/// taken to be all that is not in the history; where the champion's log-sum-exp over the rest is the one logged, that is exact. Where it
/// is not, filters were at work: the challenger's is then moved by as much as the champion's, as if the filters had kept the same share
/// of both. Boosts and dislikes are terms that the log keeps with each item: they are taken off to recognise a slate, and added to the
/// challenger's scores. Slates under caps or diversity are left out. How many slates were exact is reported; whatever is wrong with the others shows in a mean weight that is not 1.
/// </remarks>
/// <param name="data">What users did.</param>
/// <param name="champion">The model that served, over the items of the data.</param>
/// <param name="challenger">The model to judge, over the same items.</param>
/// <param name="reward">A model of the rewards that was fitted on none of the slates: it makes estimates surer, and biases none; null for none.
/// </param>
public sealed class SlateReplay(
    InteractionDataset data, ISequenceScorer champion, ISequenceScorer challenger, ExpectedReward? reward = null)
{
    // Draws of an item for what a slot may be expected to earn.
    const int RewardDraws = 8;

    // Scores of ONNX Runtime and of the training engine agree to 1e-4; a history that lacks an item moves them by far more.
    const double ScoreTolerance = 1e-3;
    const int LargestBatch = 256;

    // Slates drawn for the marginal chances of a slate, by either model.
    const int Draws = 32;
    const int ScoreBuffer = 8_000_000;

    /// <summary>Rebuilds slates and weighs them.</summary>
    /// <param name="slates">The champion's slates, each once.</param>
    /// <param name="options">Clipping, confidence and the bar for support; null takes the gate's.</param>
    /// <param name="onProgress">Told how many slates were newly done.</param>
    /// <param name="cancellation">Ends it.</param>
    public OffPolicyEvidence Evaluate(
        IReadOnlyList<RewardedSlate> slates,
        OffPolicyOptions? options = null,
        Action<int>? onProgress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(slates);
        var items = data.Items.Count;
        var batch = Math.Clamp(ScoreBuffer / Math.Max(1, items), 1, LargestBatch);
        var replayed = new Replayed?[slates.Count];
        var (served, asked) = (new float[batch * items], new float[batch * items]);
        for (var start = 0; start < slates.Count; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(batch, slates.Count - start);
            var histories = Enumerable.Range(start, count).Select(i => HistoryOf(slates[i].Impression)).ToArray();
            var known = Enumerable.Range(0, count).Where(i => !histories[i].IsEmpty).ToArray();
            ReadOnlyMemory<int>[] rebuilt = [.. known.Select(i => histories[i])];
            champion.Score(rebuilt, served.AsMemory(0, known.Length * items));
            challenger.Score(rebuilt, asked.AsMemory(0, known.Length * items));
            var first = start;
            Parallel.For(0, known.Length, place => replayed[first + known[place]] = Replay(
                slates[first + known[place]], rebuilt[place], served.AsSpan(place * items, items), asked.AsSpan(place * items, items)));
            onProgress?.Invoke(count);
        }

        var used = replayed.OfType<Replayed>().ToArray();
        return OffPolicyEvidence.Of(
            [.. used.Select(slate => slate.Slate)],
            [.. used.Select(slate => slate.User)],
            slates.Count,
            slates.Count - used.Length,
            used.Length == 0 ? 0 : used.Count(slate => slate.Exact) / (double)used.Length,
            options);
    }

    /// <summary>The user's index by bisection, for ids are in ordinal order; negative where there is none. An index of all of millions of
    /// users would take more memory than the few who were served are worth.</summary>
    int UserOf(string id)
    {
        var (low, high) = (0, data.UserIds.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(data.UserIds[middle], id);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>What the user had done by then; empty where the user is not known.</summary>
    ReadOnlyMemory<int> HistoryOf(Impression impression)
    {
        if (impression.UserId is null || UserOf(impression.UserId) is not (>= 0 and var user))
        {
            return default;
        }

        var times = data.Sequences.Times(user);
        var before = times.BinarySearch(impression.ServedAt.ToUnixTimeMilliseconds());
        for (before = before < 0 ? ~before : before; before > 0 && times[before - 1] >= impression.ServedAt.ToUnixTimeMilliseconds();)
        {
            before--;
        }

        return data.Sequences.ItemsMemory(user)[..before];
    }

    /// <summary>The slate with the challenger's probabilities; null where the champion does not recognise it.</summary>
    Replayed? Replay(RewardedSlate slate, ReadOnlyMemory<int> history, ReadOnlySpan<float> served, ReadOnlySpan<float> asked)
    {
        var logged = slate.Impression;
        if (logged.Constrained)
        {
            return null;
        }

        var eligible = ItemSet.AllBut(data.Items.Count, history.Span);
        var again = Counterfactual.Rescored(logged, IndexOf, served, eligible);
        for (var slot = 0; slot < logged.Items.Count; slot++)
        {
            // What a model says of an item that it knew from the catalogue alone is not asked again: it tells nothing of the history.
            var item = logged.Items[slot];
            if (!item.IsNew && !Same(item.Score - (item.Adjustment ?? 0), again.Items[slot].Score))
            {
                return null;
            }
        }

        var exact = Same(logged.UnservedLogSumExp, again.UnservedLogSumExp);
        var target = Counterfactual.Rescored(logged, IndexOf, asked, eligible);
        if (!exact && logged.UnservedLogSumExp is { } was && again.UnservedLogSumExp is { } would)
        {
            target = target with { UnservedLogSumExp = target.UnservedLogSumExp + (was - would) };
        }

        target = target with { Items = [.. target.Items.Select(item => item with { Score = item.Score + (item.Adjustment ?? 0) })] };
        var loggedSlate = new LoggedSlate
        {
            Rewards = slate.Rewards,
            Logging = [.. logged.Items.Select(item => item.Propensity)],
            Target = Propensity.OfSlate(target),
        };
        var known = exact && logged.NewEligibleCount == 0 && logged.Items.All(item => item.Adjustment is null);
        return new Replayed(known ? WithChances(loggedSlate, logged, history, served, asked) : loggedSlate, logged.UserId!, exact);
    }

    /// <summary>The slate with each item's chance to stand in its slot, by either model, and with what the model of the rewards expects of both:
    /// only where all that was eligible is known.</summary>
    LoggedSlate WithChances(
        LoggedSlate slate, Impression logged, ReadOnlyMemory<int> history, ReadOnlySpan<float> served, ReadOnlySpan<float> asked)
    {
        int[] shown = [.. logged.Items.Select(item => data.Items.TryGetIndex(item.ItemId, out var index) ? index : -1)];
        if (shown.Contains(-1))
        {
            return slate;
        }

        var eligible = ItemSet.AllBut(data.Items.Count, history.Span);
        var policy = new ExplorationPolicy { Temperature = logged.Temperature, Epsilon = logged.Epsilon, GreedyShare = logged.GreedyShare };
        var seed = CounterRandom.Bits(logged.Seed, Draws); // Not the seed that drew the slate itself.
        if (reward is not null)
        {
            var scores = served.ToArray();
            double Value(int item, int slot) => reward(logged, slot + 1, item, scores[item]);
            slate = slate with
            {
                Modelled = [.. shown.Select(Value)],
                ModelledUnderTarget = NextItems.Mean(shown, asked, eligible, policy, Value, RewardDraws, seed),
                ModelledUnderLogging = NextItems.Mean(shown, served, eligible, policy, Value, RewardDraws, seed),
            };
        }

        var logging = SlotMarginals.Of(shown, served, eligible, policy, Draws, seed);
        return logging.Any(chance => chance <= 0)
            ? slate
            : slate with { LoggingMarginals = logging, TargetMarginals = SlotMarginals.Of(shown, asked, eligible, policy, Draws, seed) };
    }

    int IndexOf(string id) => data.Items.TryGetIndex(id, out var index) ? index : -1;

    static bool Same(double? logged, double? again) =>
        logged is { } a && again is { } b ? Math.Abs(a - b) <= ScoreTolerance * Math.Max(1, Math.Abs(a)) : logged is null && again is null;

    sealed record Replayed(LoggedSlate Slate, string User, bool Exact);
}
