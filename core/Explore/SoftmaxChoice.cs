namespace SasRec.Core.Explore;

/// <summary>A finite temperature above zero: an item with probability exp(score / T) over the sum of those that remain.</summary>
/// <remarks>
/// The catalogue is read once, into one sum a block. A slot then needs the block sums, one block to draw from and the same block to
/// sum again without the item drawn. That is the Plackett-Luce law itself, the same as that of the k largest score / T + Gumbel noise,
/// at k random numbers instead of V. Sums are never made smaller by subtraction, so nothing cancels when one item holds
/// nearly all of the mass.
/// </remarks>
sealed class SoftmaxChoice : SlotChoice
{
    // A block's reference may differ from its maximum by this many powers of two before it is summed again from its own maximum.
    const float Slack = 40;

    // Below this total the blocks are weighed again from the highest that remains.
    const double LeastTotal = 1e-200;

    readonly float rate;
    readonly float[] references;
    readonly double[] sums;
    readonly double[] weights;
    readonly double[] items = new double[ScoreBlocks.Size];
    double origin;
    double total;

    /// <summary>Reads the catalogue once.</summary>
    /// <param name="remaining">What may be drawn.</param>
    /// <param name="temperature">T.</param>
    /// <param name="top">Receives the highest scores on the way.</param>
    /// <exception cref="ArgumentException">A score is NaN or positive infinity.</exception>
    public SoftmaxChoice(in RemainingItems remaining, double temperature, TopScores top)
    {
        rate = (float)(Math.Log2(Math.E) / temperature);
        (references, sums, weights) = (new float[remaining.BlockCount], new double[remaining.BlockCount], new double[remaining.BlockCount]);
        var reference = 0f;
        for (var block = 0; block < remaining.BlockCount; block++)
        {
            var values = remaining.Block(block);
            var max = SumBlock(remaining, block, values, ref reference);
            if (max > top.Threshold)
            {
                top.Offer(values, block * ScoreBlocks.Size);
            }
        }

        WeighBlocks();
    }

    public override bool Any => total > 0;

    public override double SoftMaximum => (origin + Math.Log2(total)) / rate;

    public override int Pick(in RemainingItems remaining, ref RandomStream random)
    {
        var block = Draw(random.NextDouble() * total, weights);
        var values = remaining.Block(block);
        ScoreBlocks.Weigh(values, references[block], rate, items);
        return block * ScoreBlocks.Size + Draw(random.NextDouble() * sums[block], items);
    }

    public override double Share(int item, float score) => Math.Pow(2, ((double)score * rate) - origin) / total;

    public override void Removed(in RemainingItems remaining, int item)
    {
        var block = item / ScoreBlocks.Size;
        var reference = references[block];
        SumBlock(remaining, block, remaining.Block(block), ref reference);
        weights[block] = BlockWeight(block);
        total = ScoreBlocks.Total(weights);
        if (total < LeastTotal)
        {
            WeighBlocks();
        }
    }

    float SumBlock(in RemainingItems remaining, int block, ReadOnlySpan<float> values, ref float reference)
    {
        var sum = ScoreBlocks.Sum(values, reference, rate, out var max);
        if (!double.IsFinite(sum) || (MathF.Abs(max - reference) * rate > Slack && max > float.NegativeInfinity))
        {
            reference = max;
            sum = ScoreBlocks.Sum(values, reference, rate, out max);
            if (!double.IsFinite(sum))
            {
                throw remaining.InvalidScore(block);
            }
        }

        (references[block], sums[block]) = (reference, sum);
        return max;
    }

    void WeighBlocks()
    {
        origin = double.NegativeInfinity;
        for (var block = 0; block < sums.Length; block++)
        {
            origin = sums[block] > 0 ? Math.Max(origin, ScoreBlocks.Exponent(references[block], rate)) : origin;
        }

        for (var block = 0; block < sums.Length; block++)
        {
            weights[block] = BlockWeight(block);
        }

        total = ScoreBlocks.Total(weights);
    }

    double BlockWeight(int block)
    {
        // Most blocks share one reference, so most powers are 2^0.
        var exponent = ScoreBlocks.Exponent(references[block], rate);
        return exponent == origin || sums[block] == 0 ? sums[block] : sums[block] * Math.Pow(2, exponent - origin);
    }

    /// <summary>The first index whose running sum exceeds a target; one near the end where rounding leaves the target above all.</summary>
    static int Draw(double target, ReadOnlySpan<double> weights)
    {
        const int stride = 64;
        var (running, start) = (0.0, 0);
        for (var at = 0; at < weights.Length; at += stride)
        {
            var sum = ScoreBlocks.Total(weights.Slice(at, Math.Min(stride, weights.Length - at)));
            if (sum > 0)
            {
                start = at;
                if (running + sum > target)
                {
                    break;
                }

                running += sum;
            }
        }

        var last = start;
        for (var i = start; i < Math.Min(start + stride, weights.Length); i++)
        {
            if (weights[i] > 0)
            {
                last = i;
                running += weights[i];
                if (running > target)
                {
                    break;
                }
            }
        }

        return last;
    }
}
