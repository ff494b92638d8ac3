using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Vector = System.Runtime.Intrinsics.Vector256<float>;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Kernels on 256 bits.</summary>
readonly unsafe struct Simd256 : ISimd<Vector>
{
    public static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 8;
    }

    public static Vector Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Set(float value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector value) => Vector256.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Add(Vector x, Vector y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Subtract(Vector x, Vector y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Multiply(Vector x, Vector y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Divide(Vector x, Vector y) => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Fma(Vector x, Vector y, Vector z) => Vector256.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Max(Vector x, Vector y) => Vector256.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Min(Vector x, Vector y) => Vector256.MinNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Sqrt(Vector x) => Vector256.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector Log(Vector x) => Vector256.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector WherePositive(Vector test, Vector value) => Vector256.GreaterThan(test, Vector.Zero) & value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector ScaleByPower(Vector value, Vector shifted) => (value.AsInt32() + (shifted.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector WhereKept(Vector value, uint rowKey, int column, uint threshold)
    {
        var x = Vector256.Create(rowKey + (uint)column * DropoutBits.Step) + Vector256<uint>.Indices * Vector256.Create(DropoutBits.Step);
        x = (x ^ (x >>> 16)) * Vector256.Create(DropoutBits.Mix1);
        x = (x ^ (x >>> 15)) * Vector256.Create(DropoutBits.Mix2);
        x = (x ^ (x >>> 16)) >>> 8;

        // 24 bits compare the same as signed, for which every instruction set has an instruction.
        return Vector256.GreaterThan(x.AsInt32(), Vector256.Create((int)threshold - 1)).AsSingle() & value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int CountAtLeast(Vector x, Vector y) =>
        BitOperations.PopCount(Vector256.GreaterThanOrEqual(x, y).ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector x) => Vector256.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Highest(Vector x)
    {
        var half = Vector128.MaxNative(x.GetLower(), x.GetUpper());
        return Simd128.Highest(half);
    }
}
