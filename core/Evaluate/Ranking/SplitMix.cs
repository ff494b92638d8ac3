namespace SasRec.Core.Evaluate.Ranking;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers for the same seed on every machine and runtime.</summary>
struct SplitMix(ulong seed)
{
    ulong state = seed;

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>0 to <paramref name="below"/> - 1, uniform to within 2^-32.</summary>
    public int Next(int below) => (int)(((Next() >> 32) * (ulong)below) >> 32);
}
