using System.Buffers;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using SasRec.Core.Contracts;

namespace SasRec.Functions.Serve;

/// <summary>How much each history item contributes to the recommended items, by leaving one out at a time.</summary>
/// <remarks>
/// The weight of history item h for item i is ln p(i | history) - ln p(i | history without h), where p is the softmax of all scores, so
/// that a common shift of all scores has no effect. For a history of one item, the second term is the uniform p over all that is scored. Cost: one more run of the network with a row for each of up to <see cref="MaxReasons"/> history
/// items, each row what a recommendation costs; fewer rows where the catalogue is so large that they would not fit.
/// </remarks>
static class Reasons
{
    /// <summary>How many different items of a history, the newest, are left out in turn.</summary>
    public const int MaxReasons = 50;

    /// <summary>How many reasons an item is given.</summary>
    public const int ReasonsGiven = 3;

    // 64 MiB of scores for one request, 8 MiB at a time.
    const int MaxScores = 16 * 1024 * 1024, ScoresAtATime = 2 * 1024 * 1024;

    /// <summary>The least weight told: it is a ratio of probabilities of about 1.05.</summary>
    public const double MinWeight = 0.05;

    /// <summary>The strongest reasons of each item, strongest first.</summary>
    /// <param name="model">V items.</param>
    /// <param name="index">The model's items beside the catalogue.</param>
    /// <param name="history">[T]: oldest first, item index + 1.</param>
    /// <param name="scores">[V + N]: after the whole history.</param>
    /// <param name="items">Places that have a score, and others that have no reasons.</param>
    public static IReadOnlyList<Reason>[] Of(
        LoadedModel model, ItemIndex index, ReadOnlySpan<long> history, ReadOnlySpan<float> scores, IReadOnlyList<int> items)
    {
        var newest = Newest(history, Math.Clamp(MaxScores / scores.Length, 1, MaxReasons));
        var found = items.Select(_ => new List<Reason>()).ToArray();
        var whole = LogShares(scores, items);
        var rows = Math.Clamp(ScoresAtATime / scores.Length, 1, newest.Count);
        var (tokens, answers) = (ArrayPool<long>.Shared.Rent(rows * history.Length), ArrayPool<float>.Shared.Rent(rows * scores.Length));
        try
        {
            for (var first = 0; first < newest.Count; first += rows)
            {
                var batch = newest.Slice(first, Math.Min(rows, newest.Count - first));
                Without(history, batch, tokens);
                model.Scorer.Score(tokens.AsMemory(0, batch.Count * history.Length), answers.AsMemory(0, batch.Count * scores.Length), batch.Count, index);
                for (var row = 0; row < batch.Count; row++)
                {
                    var left = tokens[((row + 1) * history.Length) - 1] > 0;
                    Add(found, whole, items, batch[row], left ? answers.AsSpan(row * scores.Length, scores.Length) : default, scores.Length, model);
                }
            }
        }
        finally
        {
            ArrayPool<long>.Shared.Return(tokens);
            ArrayPool<float>.Shared.Return(answers);
        }

        return [.. found.Select(reasons => reasons.OrderByDescending(reason => reason.Weight).Take(ReasonsGiven).ToArray())];
    }

    /// <summary>The different items of a history, newest first.</summary>
    static List<long> Newest(ReadOnlySpan<long> history, int most)
    {
        var newest = new List<long>();
        for (var i = history.Length - 1; i >= 0 && newest.Count < most; i--)
        {
            if (!newest.Contains(history[i]))
            {
                newest.Add(history[i]);
            }
        }

        return newest;
    }

    /// <summary>Writes a row for each item left out, padded with 0 on the left.</summary>
    static void Without(ReadOnlySpan<long> history, List<long> leftOut, Span<long> tokens)
    {
        for (var row = 0; row < leftOut.Count; row++)
        {
            var target = tokens.Slice(row * history.Length, history.Length);
            var end = target.Length;
            for (var i = history.Length - 1; i >= 0; i--)
            {
                if (history[i] != leftOut[row])
                {
                    target[--end] = history[i];
                }
            }

            target[..end].Clear();
        }
    }

    static void Add(
        List<Reason>[] found, double[] whole, IReadOnlyList<int> items, long token, ReadOnlySpan<float> without, int scored, LoadedModel model)
    {
        var shares = without.IsEmpty ? null : LogShares(without, items);
        for (var i = 0; i < items.Count; i++)
        {
            var weight = whole[i] - (shares?[i] ?? -Math.Log(scored));
            if (items[i] < scored && double.IsFinite(weight) && weight >= MinWeight)
            {
                found[i].Add(new Reason(model.Items[ModelFormat.Item(token)], weight));
            }
        }
    }

    /// <summary>[items]: ln of each item's share of the softmax over all scores.</summary>
    static double[] LogShares(ReadOnlySpan<float> scores, IReadOnlyList<int> items)
    {
        var exponentials = ArrayPool<float>.Shared.Rent(scores.Length);
        try
        {
            var max = TensorPrimitives.Max(scores);
            var shifted = exponentials.AsSpan(0, scores.Length);
            TensorPrimitives.Subtract(scores, max, shifted);
            TensorPrimitives.Exp(shifted, shifted);
            var total = max + Math.Log(TensorPrimitives.Sum(shifted));
            var shares = new double[items.Count];
            for (var i = 0; i < shares.Length; i++)
            {
                shares[i] = items[i] < scores.Length ? scores[items[i]] - total : 0;
            }

            return shares;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(exponentials);
        }
    }
}

/// <summary>What an item of the history does for a recommended one.</summary>
/// <param name="ItemId">The item of the history.</param>
/// <param name="Weight">ln of how many times likelier it makes the recommended item.</param>
sealed record Reason(string ItemId, double Weight)
{
    /// <summary>What people call it; null where the catalogue does not know it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Title { get; init; }
}
