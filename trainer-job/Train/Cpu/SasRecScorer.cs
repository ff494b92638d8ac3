using System.Runtime.Intrinsics;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Scores of every item after each of many histories, on all cores. Not for several callers at a time.</summary>
public sealed class SasRecScorer : IDisposable
{
    readonly ScorerEngine engine;
    readonly SasRecWeights weights;

    /// <summary>A scorer for these weights, which it copies.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="threads">0 for one a core.</param>
    public SasRecScorer(SasRecWeights weights, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        this.weights = weights;
        threads = threads > 0 ? threads : Environment.ProcessorCount;
        engine = Vector512.IsHardwareAccelerated ? new ScorerEngine<Vector512<float>, Simd512>(weights, threads)
            : Vector256.IsHardwareAccelerated ? new ScorerEngine<Vector256<float>, Simd256>(weights, threads)
            : new ScorerEngine<Vector128<float>, Simd128>(weights, threads);
    }

    /// <summary>Scores all items after each history; of each history the newest MaxLength items count.</summary>
    /// <param name="histories">Each at least one item, oldest first.</param>
    /// <param name="scores">[histories, V], row-major.</param>
    /// <exception cref="ArgumentException">A history is empty or names an item that there is not, or the scores are too few.</exception>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores)
    {
        Check(histories);
        if (scores.Length < (long)histories.Count * weights.ItemCount)
        {
            throw new ArgumentException(
                $"There is room for {scores.Length} scores; {histories.Count} histories of {weights.ItemCount} items need more.", nameof(scores));
        }

        engine.Score(histories, scores);
    }

    /// <summary>Each target's rank, 1 for the best; an item with the same score counts half, as in <see cref="RankCounter"/>.</summary>
    /// <param name="histories">Each at least one item, oldest first.</param>
    /// <param name="targets">[histories]: the item to rank.</param>
    /// <param name="ranks">[histories]: 1 to the number of items, in halves.</param>
    /// <param name="leaveOutHistory">Whether the items of the whole history are left out of the ranking; else they are ranked too.</param>
    /// <exception cref="ArgumentException">A history is empty or names an item that there is not, or the lengths disagree.</exception>
    public void Rank(
        IReadOnlyList<ReadOnlyMemory<int>> histories, ReadOnlyMemory<int> targets, Memory<double> ranks, bool leaveOutHistory = true)
    {
        Check(histories);
        if (targets.Length != histories.Count || ranks.Length < histories.Count)
        {
            throw new ArgumentException(
                $"{histories.Count} histories need as many targets ({targets.Length}) and ranks ({ranks.Length}).", nameof(targets));
        }

        engine.Rank(histories, targets, ranks, leaveOutHistory);
    }

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    void Check(IReadOnlyList<ReadOnlyMemory<int>> histories)
    {
        ArgumentNullException.ThrowIfNull(histories);
        for (var h = 0; h < histories.Count; h++)
        {
            if (histories[h].IsEmpty)
            {
                throw new ArgumentException($"History {h} is empty; 1 item at least is needed.", nameof(histories));
            }

            foreach (var item in histories[h].Span)
            {
                if ((uint)item >= (uint)weights.ItemCount)
                {
                    throw new ArgumentException(
                        $"History {h} names item {item}; the item vocabulary has 0 to {weights.ItemCount - 1}.", nameof(histories));
                }
            }
        }
    }
}
