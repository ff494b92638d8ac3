namespace SasRec.Core.Explore;

/// <summary>A finite temperature above zero: an item with probability exp(score / T) over the sum of those that remain.</summary>
/// <remarks>
/// The catalogue is read once, into one sum a block. A slot then needs the sums of blocks, by groups, and the weights of one block. That is
/// the Plackett-Luce law itself, the same as that of the k largest score / T + Gumbel noise, at k random numbers instead of V. Sums are
/// never made smaller by subtraction, so nothing cancels when one item holds nearly all of the mass.
/// </remarks>
sealed class SoftmaxChoice : SlotChoice
{
    // A block's reference may differ from its maximum by this many powers of two before it is summed again from its own maximum.
    const float Slack = 40;

    // Below this sum a block is summed again, from its own maximum if that has fallen too far.
    const double MinSum = 1e-9;

    // Below this total the blocks are weighed again from the highest that remains.
    const double MinTotal = 1e-200;

    // As many blocks, or items of a block, have a sum of their own.
    const int Group = 64;

    readonly float rate;
    readonly float[] references;
    readonly double[] sums;
    readonly double[] weights;
    readonly double[] groups;
    readonly double[] items = new double[ScoreBlocks.Size];
    readonly double[] parts = new double[ScoreBlocks.Size / Group];
    int weighed = -1;
    double origin;
    double total;

    /// <summary>Reads the catalogue once.</summary>
    /// <param name="remaining">What may be drawn.</param>
    /// <param name="temperature">T.</param>
    /// <exception cref="ArgumentException">A score is NaN or positive infinity.</exception>
    public SoftmaxChoice(in RemainingItems remaining, double temperature)
    {
        rate = (float)(Math.Log2(Math.E) / temperature);
        (references, sums, weights) = (new float[remaining.BlockCount], new double[remaining.BlockCount], new double[remaining.BlockCount]);
        groups = new double[(remaining.BlockCount + Group - 1) / Group];
        BlockMaxima = new float[(remaining.BlockCount + 15) / 16 * 16];
        Array.Fill(BlockMaxima, float.NegativeInfinity);
        var reference = 0f;
        for (var block = 0; block < remaining.BlockCount; block++)
        {
            BlockMaxima[block] = SumBlock(remaining, block, ref reference);
        }

        WeighBlocks();
    }

    /// <summary>[blocks, and negative infinities up to a multiple of 16]: the highest score of each before the first slot.</summary>
    public float[] BlockMaxima { get; }

    public override bool Any => total > 0;

    public override double LogSumExp => (origin + Math.Log2(total)) / rate;

    public override int Pick(in RemainingItems remaining, ref RandomStream random)
    {
        var block = Draw(random.NextDouble() * total, groups, weights);
        if (block != weighed)
        {
            WeighItems(remaining, block);
        }

        return block * ScoreBlocks.Size + Draw(random.NextDouble() * ScoreBlocks.Total(parts), parts, items);
    }

    public override double Share(int item, float score) => Math.Pow(2, ((double)score * rate) - origin) / total;

    public override void Removed(in RemainingItems remaining, int item)
    {
        var (block, place) = Math.DivRem(item, ScoreBlocks.Size);
        if (block == weighed)
        {
            items[place] = 0;
            parts[place / Group] = GroupTotal(items, place / Group);
        }
        else
        {
            WeighItems(remaining, block);
        }

        sums[block] = ScoreBlocks.Total(parts);
        if (sums[block] < MinSum)
        {
            var reference = references[block];
            SumBlock(remaining, block, ref reference);
            weighed = -1;
        }

        weights[block] = BlockWeight(block);
        groups[block / Group] = GroupTotal(weights, block / Group);
        total = ScoreBlocks.Total(groups);
        if (total < MinTotal)
        {
            WeighBlocks();
        }
    }

    void WeighItems(in RemainingItems remaining, int block)
    {
        ScoreBlocks.Weigh(remaining.Block(block), references[block], rate, items);
        weighed = block;
        for (var part = 0; part < parts.Length; part++)
        {
            parts[part] = GroupTotal(items, part);
        }
    }

    float SumBlock(in RemainingItems remaining, int block, ref float reference)
    {
        var sum = TrySum(remaining, block, reference, out var max);
        if (IsOff(sum, max, reference))
        {
            var values = remaining.Block(block);
            sum = ScoreBlocks.Sum(values, reference, rate, out max);
            if (IsOff(sum, max, reference))
            {
                reference = max;
                sum = ScoreBlocks.Sum(values, reference, rate, out max);
            }

            if (!double.IsFinite(sum))
            {
                throw remaining.InvalidScore(block);
            }
        }

        (references[block], sums[block]) = (reference, sum);
        return max;
    }

    double TrySum(in RemainingItems remaining, int block, float reference, out float max)
    {
        max = float.NaN;
        return !remaining.TryBlock(block, out var values, out var mask) ? double.NaN
            : mask.ContainsAnyExcept(ulong.MaxValue) ? ScoreBlocks.SumMasked(values, mask, reference, rate, out max)
            : ScoreBlocks.Sum(values, reference, rate, out max);
    }

    bool IsOff(double sum, float max, float reference) =>
        !double.IsFinite(sum) || (MathF.Abs(max - reference) * rate > Slack && max > float.NegativeInfinity);

    void WeighBlocks()
    {
        origin = double.NegativeInfinity;
        var (last, exponent) = (float.NaN, 0.0);
        for (var block = 0; block < sums.Length; block++)
        {
            // Most blocks share one reference.
            if (references[block] != last)
            {
                last = references[block];
                exponent = ScoreBlocks.Exponent(last, rate);
            }

            origin = sums[block] > 0 && exponent > origin ? exponent : origin;
        }

        for (var block = 0; block < sums.Length; block++)
        {
            weights[block] = references[block] == last && exponent == origin ? sums[block] : BlockWeight(block);
        }

        for (var group = 0; group < groups.Length; group++)
        {
            groups[group] = GroupTotal(weights, group);
        }

        total = ScoreBlocks.Total(groups);
    }

    double BlockWeight(int block)
    {
        var exponent = ScoreBlocks.Exponent(references[block], rate);
        return exponent == origin || sums[block] == 0 ? sums[block] : sums[block] * Math.Pow(2, exponent - origin);
    }

    static double GroupTotal(double[] weights, int group)
    {
        var start = group * Group;
        return ScoreBlocks.Total(weights.AsSpan(start, Math.Min(Group, weights.Length - start)));
    }

    /// <summary>The index at which the running sum of the weights passes a target.</summary>
    static int Draw(double target, double[] groups, double[] weights)
    {
        var start = Find(ref target, groups) * Group;
        return start + Find(ref target, weights.AsSpan(start, Math.Min(Group, weights.Length - start)));
    }

    /// <summary>The same for one level, leaving what of the target falls to the index; the last weight where rounding leaves it above all.</summary>
    static int Find(ref double target, ReadOnlySpan<double> weights)
    {
        var last = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            if (weights[i] > 0)
            {
                if (target < weights[i])
                {
                    return i;
                }

                last = i;
                target -= weights[i];
            }
        }

        target += weights[last];
        return last;
    }
}
