using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SasRec.Core.Explore;

/// <summary>The highest scores of a catalogue in descending order, ties by lower index.</summary>
sealed class TopScores(int capacity)
{
    readonly float[] scores = new float[capacity];
    readonly int[] items = new int[capacity];
    int count;

    /// <summary>What a score must exceed to enter; items without a score never do.</summary>
    public float Threshold { get; private set; } = capacity > 0 ? float.NegativeInfinity : float.PositiveInfinity;

    public ReadOnlySpan<int> Items => items.AsSpan(0, count);

    public ReadOnlySpan<float> Scores => scores.AsSpan(0, count);

    /// <summary>The highest scores of what remains, in one pass.</summary>
    /// <exception cref="ArgumentException">A score is NaN or positive infinity.</exception>
    public static TopScores Of(in RemainingItems remaining, int capacity)
    {
        var top = new TopScores(capacity);
        for (var block = 0; block < remaining.BlockCount; block++)
        {
            var values = remaining.Block(block);
            var max = ScoreBlocks.Max(values);
            if (float.IsNaN(max))
            {
                throw remaining.InvalidScore(block);
            }

            if (max > top.Threshold)
            {
                top.Offer(values, block * ScoreBlocks.Size);
            }
        }

        return top;
    }

    /// <summary>The highest scores of what remains, where the highest of each block is known: only as many blocks as scores can hold one.</summary>
    /// <param name="remaining">What may be drawn.</param>
    /// <param name="capacity">How many scores.</param>
    /// <param name="maxima">[blocks, and negative infinities up to a multiple of 16].</param>
    public static TopScores Of(in RemainingItems remaining, int capacity, ReadOnlySpan<float> maxima)
    {
        var best = new TopScores(capacity);
        best.Offer(maxima, 0);
        var blocks = best.Items.ToArray();
        Array.Sort(blocks);
        var top = new TopScores(capacity);
        foreach (var block in blocks)
        {
            top.Offer(remaining.Block(block), block * ScoreBlocks.Size);
        }

        return top;
    }

    /// <summary>Offers scores, in ascending order of index.</summary>
    /// <param name="values">[a multiple of 16]: the scores of items <paramref name="start"/>, <paramref name="start"/> + 1, ...</param>
    /// <param name="start">The index of the first.</param>
    public void Offer(ReadOnlySpan<float> values, int start)
    {
        ref var first = ref MemoryMarshal.GetReference(values);
        for (var i = 0; i < values.Length; i += Vector512<float>.Count)
        {
            var above = Vector512.GreaterThan(Vector512.LoadUnsafe(ref first, (nuint)i), Vector512.Create(Threshold));
            for (var lanes = above.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
            {
                var at = i + BitOperations.TrailingZeroCount(lanes);
                if (values[at] > Threshold)
                {
                    Insert(start + at, values[at]);
                }
            }
        }
    }

    void Insert(int item, float score)
    {
        var at = count < scores.Length ? count++ : count - 1;
        for (; at > 0 && scores[at - 1] < score; at--)
        {
            (scores[at], items[at]) = (scores[at - 1], items[at - 1]);
        }

        (scores[at], items[at]) = (score, item);
        if (count == scores.Length)
        {
            Threshold = scores[^1];
        }
    }
}
