namespace SasRec.Trainer.Train.Cpu;

/// <summary>What a kernel needs of a vector of floats. Kernels are written once over it and compiled for 512, 256 and 128 bits.</summary>
/// <typeparam name="V">The vector.</typeparam>
unsafe interface ISimd<V>
    where V : struct
{
    /// <summary>How many floats a vector holds; divides <see cref="Lanes.Multiple"/>.</summary>
    static abstract int Width { get; }

    static abstract V Zero { get; }

    static abstract V Set(float value);

    static abstract V Load(float* source);

    static abstract void Store(float* target, V value);

    static abstract V Add(V x, V y);

    static abstract V Subtract(V x, V y);

    static abstract V Multiply(V x, V y);

    static abstract V Divide(V x, V y);

    /// <summary>x y + z, rounded once.</summary>
    static abstract V Fma(V x, V y, V z);

    static abstract V Max(V x, V y);

    static abstract V Min(V x, V y);

    static abstract V Sqrt(V x);

    static abstract V Log(V x);

    /// <summary>value where test &gt; 0, else 0.</summary>
    static abstract V WherePositive(V test, V value);

    /// <summary>value 2^n, where n is in the low bits of <paramref name="shifted"/> = n + 1.5 x 2^23.</summary>
    static abstract V ScaleByPower(V value, V shifted);

    /// <summary>value where <see cref="DropoutBits.Keeps"/> holds for the columns from <paramref name="column"/>, else 0.</summary>
    static abstract V WhereKept(V value, uint rowKey, int column, uint threshold);

    /// <summary>How many of x are at least y.</summary>
    static abstract int CountAtLeast(V x, V y);

    static abstract float Sum(V x);

    static abstract float Highest(V x);
}

/// <summary>The padding that lets every kernel do without a scalar tail.</summary>
static class Lanes
{
    /// <summary>Rows are padded to a multiple of this, the widest vector.</summary>
    public const int Multiple = 16;

    /// <summary>The next multiple of <see cref="Multiple"/>.</summary>
    public static int Pad(int count) => (count + Multiple - 1) & -Multiple;
}

/// <summary>Dropout's random bits: a hash of a row's key and the column, so that backward and any thread see the same mask.</summary>
static class DropoutBits
{
    public const uint Step = 0x9E3779B9;
    public const uint Mix1 = 0x7FEB352D;
    public const uint Mix2 = 0x846CA68B;

    /// <summary>24 bits: a value is kept where its hash is at least this.</summary>
    public static uint Threshold(double rate) => (uint)Math.Round(rate * (1 << 24));

    /// <summary>Whether the value in this column is kept.</summary>
    public static bool Keeps(uint rowKey, int column, uint threshold)
    {
        var x = rowKey + (uint)column * Step;
        x = (x ^ (x >> 16)) * Mix1;
        x = (x ^ (x >> 15)) * Mix2;
        return (x ^ (x >> 16)) >> 8 >= threshold;
    }
}
