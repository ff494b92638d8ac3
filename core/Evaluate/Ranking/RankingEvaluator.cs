using SasRec.Core.Sequences;

namespace SasRec.Core.Evaluate.Ranking;

/// <summary>Full ranking: every target against all items that the user has not acted on.</summary>
public static class RankingEvaluator
{
    const int LargestBatch = 256;

    /// <summary>Measures a scorer.</summary>
    /// <param name="scorer">What gives the scores.</param>
    /// <param name="cases">What it is asked. Items of the history are neither ranked nor asked for, unless the cases ask for seen
    /// items: a target that stands there is left out, and so is a case that has no other.</param>
    /// <param name="options">How; null takes the defaults.</param>
    /// <param name="onProgress">Told, now and then, how many cases were newly done.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public static RankingReport Evaluate(
        ISequenceScorer scorer,
        EvaluationCases cases,
        RankingOptions? options = null,
        Action<int>? onProgress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentNullException.ThrowIfNull(cases);
        options = (options ?? new RankingOptions()).Validated();
        var itemCount = cases.Histories.ItemCount;
        if (scorer.ItemCount != itemCount)
        {
            throw new ArgumentException($"The scorer knows {scorer.ItemCount} items, the dataset has {itemCount}.", nameof(scorer));
        }

        var tally = new RankingTally(options, cases);
        using var rankers = new ThreadLocal<CaseRanker>(() => new CaseRanker(tally));
        var histories = cases.Users.Select(cases.Histories.ItemsMemory).ToArray();
        var batch = Math.Clamp(options.ScoreBuffer / Math.Max(1, itemCount), 1, LargestBatch);
        var scores = new float[(long)Math.Min(batch, Math.Max(1, histories.Length)) * itemCount];
        for (var start = 0; start < histories.Length; start += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = Math.Min(batch, histories.Length - start);
            scorer.Score(new ArraySegment<ReadOnlyMemory<int>>(histories, start, count), scores.AsMemory(0, count * itemCount));
            var first = start;
            Parallel.For(0, count, i => rankers.Value!.Rank(first + i, scores.AsSpan(i * itemCount, itemCount)));
            onProgress?.Invoke(count);
        }

        return tally.Report();
    }
}
