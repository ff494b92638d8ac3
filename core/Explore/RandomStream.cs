using SasRec.Core.Model;

namespace SasRec.Core.Explore;

/// <summary>The random numbers of one seed in order: <see cref="CounterRandom"/> with a counter that moves on. The same everywhere.</summary>
/// <param name="seed">Any value; seeds that follow each other give unrelated streams.</param>
public struct RandomStream(ulong seed)
{
    // The seed is mixed once, so that neighbouring seeds do not walk through each other's counters.
    readonly ulong key = CounterRandom.Bits(seed, 0);
    ulong counter;

    /// <summary>64 random bits: the seed of another stream.</summary>
    public ulong NextBits() => CounterRandom.Bits(key, counter++);

    /// <summary>Uniform over [0, 1) in steps of 2^-53.</summary>
    public double NextDouble() => CounterRandom.Uniform(key, counter++);

    /// <summary>Uniform over 0..<paramref name="bound"/>-1 (bias below bound / 2^64).</summary>
    /// <param name="bound">At least 1.</param>
    public int NextIndex(int bound) => CounterRandom.Below(key, counter++, bound);

    /// <summary>Standard normal.</summary>
    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());
}
