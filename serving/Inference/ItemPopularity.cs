using SasRec.Core.Sequences;

namespace SasRec.Serving.Inference;

/// <summary>What is popular by the counts of a model's training data. V is the number of its items.</summary>
/// <param name="items">The items with their counts.</param>
sealed class ItemPopularity(ModelItems items)
{
    // With fewer recent interactions most items would have none.
    const int EnoughRecent = 1_000;

    // The prior of a trend, in interactions.
    const double TrendPrior = 5;

    /// <summary>[V]: log(1 + interactions) of the last 7 days of the data, or of all time where those are too few to tell items apart: the
    /// scores for a user of whom nothing is known.</summary>
    public float[] Recent { get; } = LogCounts(items.RecentCounts.Sum() >= EnoughRecent ? items.RecentCounts : items.Counts);

    /// <summary>[V]: log(1 + interactions) of all time.</summary>
    public float[] OfAllTime { get; } = LogCounts(items.Counts);

    /// <summary>[V]: how many times as often as expected from all time each item was acted on in the last 7 days of the data: the logarithm of
    /// the ratio of the counts, each with 5 added so that a single action is no trend.</summary>
    public float[] Trend { get; } = TrendOf(items);

    static float[] LogCounts(IReadOnlyList<int> counts) => [.. counts.Select(count => MathF.Log(1 + count))];

    static float[] TrendOf(ModelItems items)
    {
        var share = items.RecentCounts.Sum(count => (double)count) / Math.Max(1, items.Counts.Sum(count => (double)count));
        return [.. items.RecentCounts.Zip(items.Counts, (recent, all) => (float)Math.Log((recent + TrendPrior) / ((all * share) + TrendPrior)))];
    }
}
