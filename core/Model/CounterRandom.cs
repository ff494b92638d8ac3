namespace SasRec.Core.Model;

/// <summary>Random numbers as a pure function of a key and a counter: any of them can be computed at any time, in any order, on any thread.</summary>
public static class CounterRandom
{
    /// <summary>64 random bits for a counter under a key (the splitmix64 finaliser over their combination).</summary>
    /// <param name="key">The stream: a seed, or the bits of another call.</param>
    /// <param name="counter">The position in the stream.</param>
    public static ulong Bits(ulong key, ulong counter)
    {
        var z = key + (counter + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A uniform number in [0, 1) with 53 random bits.</summary>
    /// <param name="key">The stream.</param>
    /// <param name="counter">The position in the stream.</param>
    public static double Uniform(ulong key, ulong counter) => (Bits(key, counter) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform integer in [0, <paramref name="bound"/>), by multiplication (bias below bound / 2^64).</summary>
    /// <param name="key">The stream.</param>
    /// <param name="counter">The position in the stream.</param>
    /// <param name="bound">At least 1.</param>
    public static int Below(ulong key, ulong counter, int bound) => (int)Math.BigMul(Bits(key, counter), (ulong)bound, out _);

    /// <summary>A standard normal number (Box and Muller).</summary>
    /// <param name="key">The stream.</param>
    /// <param name="counter">The position in the stream.</param>
    public static double Normal(ulong key, ulong counter)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - Uniform(key, 2 * counter)));
        return radius * Math.Cos(2 * Math.PI * Uniform(key, 2 * counter + 1));
    }

    /// <summary>Shuffles in place (Fisher and Yates).</summary>
    /// <param name="values">What to shuffle.</param>
    /// <param name="key">The stream.</param>
    public static void Shuffle(Span<int> values, ulong key)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = Below(key, (ulong)i, i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
