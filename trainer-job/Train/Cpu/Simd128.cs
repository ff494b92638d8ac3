using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector128<float>;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Kernels on 128 bits.</summary>
readonly unsafe struct Simd128 : ISimd<Vector>
{
    public static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }

    public static Vector Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Set(float value) => Vector128.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector value) => Vector128.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Add(Vector x, Vector y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Subtract(Vector x, Vector y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Multiply(Vector x, Vector y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Divide(Vector x, Vector y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Fma(Vector x, Vector y, Vector z) => Vector128.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Max(Vector x, Vector y) => Vector128.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Min(Vector x, Vector y) => Vector128.MinNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Sqrt(Vector x) => Vector128.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Log(Vector x) => Vector128.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector WherePositive(Vector test, Vector value) => Vector128.GreaterThan(test, Vector.Zero) & value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector ScaleByPower(Vector value, Vector shifted) => (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector WhereKept(Vector value, uint rowKey, int column, uint threshold)
    {
        var x = Vector128.Create(rowKey + (uint)column * DropoutBits.Step) + Vector128<uint>.Indices * Vector128.Create(DropoutBits.Step);
        x = (x ^ (x >>> 16)) * Vector128.Create(DropoutBits.Mix1);
        x = (x ^ (x >>> 15)) * Vector128.Create(DropoutBits.Mix2);
        x = (x ^ (x >>> 16)) >>> 8;

        // 24 bits compare the same as signed, for which every instruction set has an instruction.
        return Vector128.GreaterThan(x.AsInt32(), Vector128.Create((int)threshold - 1)).AsSingle() & value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountAtLeast(Vector x, Vector y) =>
        BitOperations.PopCount(Vector128.GreaterThanOrEqual(x, y).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector x) => Vector128.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Highest(Vector x)
    {
        var pair = Vector128.MaxNative(x, Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(pair[0], pair[1]);
    }
}
