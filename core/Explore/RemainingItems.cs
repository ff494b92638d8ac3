using System.Buffers;
using System.Numerics;

namespace SasRec.Core.Explore;

/// <summary>The scores of what is still eligible while a slate fills, read a block at a time; a pooled copy of the eligible set.</summary>
/// <remarks>The set may reach beyond the scores: of what lies there the model has no opinion. Items from a given one on are new.</remarks>
ref struct RemainingItems : IDisposable
{
    const int WordsPerBlock = ScoreBlocks.Size / 64;

    readonly ReadOnlySpan<float> scores;
    readonly int firstNew;
    readonly ulong[] rented;
    readonly Span<ulong> words;
    readonly float[] buffer = ArrayPool<float>.Shared.Rent(ScoreBlocks.Size);

    /// <param name="scores">[V].</param>
    /// <param name="eligible">What may be drawn; null for everything that has a score.</param>
    /// <param name="firstNew">The first new item; null where those beyond the scores are new.</param>
    /// <exception cref="ArgumentException">The set is over a smaller catalogue.</exception>
    public RemainingItems(ReadOnlySpan<float> scores, ItemSet? eligible, int? firstNew = null)
    {
        if (eligible is not null && eligible.Capacity < scores.Length)
        {
            throw new ArgumentException($"There are {scores.Length} scores and {eligible.Capacity} places in the set.", nameof(eligible));
        }

        this.scores = scores;
        this.firstNew = firstNew ?? scores.Length;
        BlockCount = (scores.Length + ScoreBlocks.Size - 1) / ScoreBlocks.Size;
        var usedWords = ItemSet.WordCount(eligible?.Capacity ?? scores.Length);
        var wordCount = Math.Max(usedWords, BlockCount * WordsPerBlock);
        rented = ArrayPool<ulong>.Shared.Rent(wordCount);
        words = rented.AsSpan(0, wordCount);
        var used = words[..usedWords];
        words[used.Length..].Clear();
        if (eligible is null)
        {
            ItemSet.FillAll(used, scores.Length);
            Count = scores.Length;
            NewCount = Math.Max(0, Count - this.firstNew);
        }
        else
        {
            eligible.Words.CopyTo(used);
            Count = ItemSet.CountBits(used);
            NewCount = eligible.Capacity <= this.firstNew ? 0 : Count - eligible.CountBelow(this.firstNew);
        }
    }

    public int BlockCount { get; }

    /// <summary>How many items remain.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them are new.</summary>
    public int NewCount { get; private set; }

    public readonly bool Contains(int item) => (uint)(item >> 6) < (uint)words.Length && (words[item >> 6] >> item & 1) != 0;

    public readonly bool IsNew(int item) => item >= firstNew;

    /// <summary>Whether the scores reach to an item; its score may still be negative infinity.</summary>
    public readonly bool IsScored(int item) => item < scores.Length;

    public readonly float ScoreOf(int item) => IsScored(item) ? scores[item] : float.NegativeInfinity;

    /// <summary>The scores of a block as they are, [ScoreBlocks.Size], and a bit for each that remains; false where the catalogue ends in it.</summary>
    public readonly bool TryBlock(int block, out ReadOnlySpan<float> values, out ReadOnlySpan<ulong> mask)
    {
        var start = block * ScoreBlocks.Size;
        var whole = scores.Length - start >= ScoreBlocks.Size;
        values = whole ? scores.Slice(start, ScoreBlocks.Size) : default;
        mask = words.Slice(block * WordsPerBlock, WordsPerBlock);
        return whole;
    }

    /// <summary>The scores of a block, [ScoreBlocks.Size]; negative infinity where an item does not remain. Valid until the next call.</summary>
    public readonly ReadOnlySpan<float> Block(int block)
    {
        var start = block * ScoreBlocks.Size;
        var present = Math.Min(ScoreBlocks.Size, scores.Length - start);
        var mask = words.Slice(block * WordsPerBlock, WordsPerBlock);
        if (present == ScoreBlocks.Size && !mask.ContainsAnyExcept(ulong.MaxValue))
        {
            return scores.Slice(start, ScoreBlocks.Size);
        }

        var copy = buffer.AsSpan(0, ScoreBlocks.Size);
        scores.Slice(start, present).CopyTo(copy);
        copy[present..].Fill(float.NegativeInfinity);
        for (var w = 0; w < WordsPerBlock; w++)
        {
            for (var missing = ~mask[w]; missing != 0; missing &= missing - 1)
            {
                copy[w * 64 + BitOperations.TrailingZeroCount(missing)] = float.NegativeInfinity;
            }
        }

        return copy;
    }

    /// <summary>An item drawn uniformly over what remains.</summary>
    public readonly int Pick(ref RandomStream random)
    {
        var places = words.Length * 64;
        if (Count < places / 4)
        {
            return Find(random.NextIndex(Count), 0);
        }

        // Most places hold an item, so guessing until one does is as uniform as counting and takes a few guesses.
        while (true)
        {
            var item = random.NextIndex(places);
            if (Contains(item))
            {
                return item;
            }
        }
    }

    /// <summary>An item drawn uniformly over the new ones that remain, of which there is at least one.</summary>
    public readonly int PickNew(ref RandomStream random) => Find(random.NextIndex(NewCount), firstNew);

    /// <summary>The item that has so many before it, counted from an index.</summary>
    readonly int Find(int rank, int start)
    {
        var word = words[start >> 6] & (ulong.MaxValue << start);
        for (var w = start >> 6; ; word = words[++w])
        {
            var here = BitOperations.PopCount(word);
            if (rank < here)
            {
                for (; rank > 0; rank--)
                {
                    word &= word - 1;
                }

                return w * 64 + BitOperations.TrailingZeroCount(word);
            }

            rank -= here;
        }
    }

    public void Remove(int item)
    {
        words[item >> 6] &= ~(1UL << item);
        Count--;
        NewCount -= IsNew(item) ? 1 : 0;
    }

    /// <summary>What to throw for a block whose maximum or sum is not a number.</summary>
    public readonly ArgumentException InvalidScore(int block)
    {
        var values = Block(block);
        var at = values.IndexOfAnyExceptInRange(float.NegativeInfinity, float.MaxValue);
        return new ArgumentException(
            $"The score of item {block * ScoreBlocks.Size + at} is {values[at]}; scores must be finite, or negative infinity where there is none.");
    }

    public readonly void Dispose()
    {
        ArrayPool<ulong>.Shared.Return(rented);
        ArrayPool<float>.Shared.Return(buffer);
    }
}
