using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector512<float>;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Kernels on 512 bits.</summary>
readonly unsafe struct Simd512 : ISimd<Vector>
{
    public static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    public static Vector Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Set(float value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector value) => Vector512.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Add(Vector x, Vector y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Subtract(Vector x, Vector y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Multiply(Vector x, Vector y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Divide(Vector x, Vector y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Fma(Vector x, Vector y, Vector z) => Vector512.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Max(Vector x, Vector y) => Vector512.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Min(Vector x, Vector y) => Vector512.MinNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Sqrt(Vector x) => Vector512.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Log(Vector x) => Vector512.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector WherePositive(Vector test, Vector value) => Vector512.GreaterThan(test, Vector.Zero) & value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector ScaleByPower(Vector value, Vector shifted) => (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector WhereKept(Vector value, uint rowKey, int column, uint threshold)
    {
        var x = Vector512.Create(rowKey + (uint)column * DropoutBits.Step) + Vector512<uint>.Indices * Vector512.Create(DropoutBits.Step);
        x = (x ^ (x >>> 16)) * Vector512.Create(DropoutBits.Mix1);
        x = (x ^ (x >>> 15)) * Vector512.Create(DropoutBits.Mix2);
        x = (x ^ (x >>> 16)) >>> 8;

        // 24 bits compare the same as signed, for which every instruction set has an instruction.
        return Vector512.GreaterThan(x.AsInt32(), Vector512.Create((int)threshold - 1)).AsSingle() & value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountAtLeast(Vector x, Vector y) =>
        BitOperations.PopCount(Vector512.GreaterThanOrEqual(x, y).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector x) => Vector512.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Highest(Vector x)
    {
        var half = Vector256.MaxNative(x.GetLower(), x.GetUpper());
        return Simd256.Highest(half);
    }
}
