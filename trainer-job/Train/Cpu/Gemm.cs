using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Matrix products: one kernel, C = init + A B, where strides make A transposed or not.</summary>
/// <remarks>
/// A is [m, k] with element (i, l) at i rowA + l columnA; B is [k, n] with rows ldb apart; n is a multiple of <see cref="Lanes.Multiple"/>.
/// Four rows at a time; where fewer are left, the last row is computed (and stored) several times, which spares the tail code.
/// </remarks>
static unsafe class Gemm<V, S>
    where V : struct
    where S : struct, ISimd<V>
{
    /// <summary>C = init + A B.</summary>
    /// <param name="m">Rows of C.</param>
    /// <param name="n">Columns of C.</param>
    /// <param name="k">The inner dimension.</param>
    /// <param name="a">A.</param>
    /// <param name="rowA">From one row of A to the next.</param>
    /// <param name="columnA">From one column of A to the next.</param>
    /// <param name="b">B.</param>
    /// <param name="ldb">From one row of B to the next.</param>
    /// <param name="init">Null for 0; C itself to accumulate; a bias with <paramref name="ldi"/> = 0; any other matrix for a residual.</param>
    /// <param name="ldi">From one row of init to the next.</param>
    /// <param name="c">C.</param>
    /// <param name="ldc">From one row of C to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(
        int m, int n, int k, float* a, nint rowA, nint columnA, float* b, nint ldb, float* init, nint ldi, float* c, nint ldc)
    {
        var j = 0;

        // Sixteen accumulators fit only where there are 32 registers.
        if (S.Width == 16)
        {
            for (; j + 64 <= n; j += 64)
            {
                for (var i = 0; i < m; i += 4)
                {
                    Tile4(m - i, k, a + i * rowA, rowA, columnA, b + j, ldb, init == null ? null : init + i * ldi + j, ldi, c + i * ldc + j, ldc);
                }
            }
        }

        for (; j + 2 * S.Width <= n; j += 2 * S.Width)
        {
            for (var i = 0; i < m; i += 4)
            {
                Tile2(m - i, k, a + i * rowA, rowA, columnA, b + j, ldb, init == null ? null : init + i * ldi + j, ldi, c + i * ldc + j, ldc);
            }
        }

        for (; j < n; j += S.Width)
        {
            for (var i = 0; i < m; i += 4)
            {
                Tile1(m - i, k, a + i * rowA, rowA, columnA, b + j, ldb, init == null ? null : init + i * ldi + j, ldi, c + i * ldc + j, ldc);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile4(int rows, int k, float* a, nint rowA, nint columnA, float* b, nint ldb, float* init, nint ldi, float* c, nint ldc)
    {
        nint r1 = Math.Min(1, rows - 1), r2 = Math.Min(2, rows - 1), r3 = Math.Min(3, rows - 1);
        V c00 = S.Zero, c01 = S.Zero, c02 = S.Zero, c03 = S.Zero;
        V c10 = S.Zero, c11 = S.Zero, c12 = S.Zero, c13 = S.Zero;
        V c20 = S.Zero, c21 = S.Zero, c22 = S.Zero, c23 = S.Zero;
        V c30 = S.Zero, c31 = S.Zero, c32 = S.Zero, c33 = S.Zero;
        if (init != null)
        {
            (c00, c01, c02, c03) = (S.Load(init), S.Load(init + 1 * S.Width), S.Load(init + 2 * S.Width), S.Load(init + 3 * S.Width));
            (c10, c11, c12, c13) = (S.Load(init + r1 * ldi), S.Load(init + r1 * ldi + 1 * S.Width), S.Load(init + r1 * ldi + 2 * S.Width), S.Load(init + r1 * ldi + 3 * S.Width));
            (c20, c21, c22, c23) = (S.Load(init + r2 * ldi), S.Load(init + r2 * ldi + 1 * S.Width), S.Load(init + r2 * ldi + 2 * S.Width), S.Load(init + r2 * ldi + 3 * S.Width));
            (c30, c31, c32, c33) = (S.Load(init + r3 * ldi), S.Load(init + r3 * ldi + 1 * S.Width), S.Load(init + r3 * ldi + 2 * S.Width), S.Load(init + r3 * ldi + 3 * S.Width));
        }

        nint a1 = r1 * rowA, a2 = r2 * rowA, a3 = r3 * rowA;
        for (var l = 0; l < k; l++)
        {
            var (b0, b1, b2, b3) = (S.Load(b), S.Load(b + 1 * S.Width), S.Load(b + 2 * S.Width), S.Load(b + 3 * S.Width));
            var x0 = S.Set(a[0]);
            c00 = S.Fma(x0, b0, c00);
            c01 = S.Fma(x0, b1, c01);
            c02 = S.Fma(x0, b2, c02);
            c03 = S.Fma(x0, b3, c03);
            var x1 = S.Set(a[a1]);
            c10 = S.Fma(x1, b0, c10);
            c11 = S.Fma(x1, b1, c11);
            c12 = S.Fma(x1, b2, c12);
            c13 = S.Fma(x1, b3, c13);
            var x2 = S.Set(a[a2]);
            c20 = S.Fma(x2, b0, c20);
            c21 = S.Fma(x2, b1, c21);
            c22 = S.Fma(x2, b2, c22);
            c23 = S.Fma(x2, b3, c23);
            var x3 = S.Set(a[a3]);
            c30 = S.Fma(x3, b0, c30);
            c31 = S.Fma(x3, b1, c31);
            c32 = S.Fma(x3, b2, c32);
            c33 = S.Fma(x3, b3, c33);
            a += columnA;
            b += ldb;
        }

        S.Store(c, c00);
        S.Store(c + 1 * S.Width, c01);
        S.Store(c + 2 * S.Width, c02);
        S.Store(c + 3 * S.Width, c03);
        S.Store(c + r1 * ldc, c10);
        S.Store(c + r1 * ldc + 1 * S.Width, c11);
        S.Store(c + r1 * ldc + 2 * S.Width, c12);
        S.Store(c + r1 * ldc + 3 * S.Width, c13);
        S.Store(c + r2 * ldc, c20);
        S.Store(c + r2 * ldc + 1 * S.Width, c21);
        S.Store(c + r2 * ldc + 2 * S.Width, c22);
        S.Store(c + r2 * ldc + 3 * S.Width, c23);
        S.Store(c + r3 * ldc, c30);
        S.Store(c + r3 * ldc + 1 * S.Width, c31);
        S.Store(c + r3 * ldc + 2 * S.Width, c32);
        S.Store(c + r3 * ldc + 3 * S.Width, c33);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile2(int rows, int k, float* a, nint rowA, nint columnA, float* b, nint ldb, float* init, nint ldi, float* c, nint ldc)
    {
        nint r1 = Math.Min(1, rows - 1), r2 = Math.Min(2, rows - 1), r3 = Math.Min(3, rows - 1);
        V c00 = S.Zero, c01 = S.Zero;
        V c10 = S.Zero, c11 = S.Zero;
        V c20 = S.Zero, c21 = S.Zero;
        V c30 = S.Zero, c31 = S.Zero;
        if (init != null)
        {
            (c00, c01) = (S.Load(init), S.Load(init + 1 * S.Width));
            (c10, c11) = (S.Load(init + r1 * ldi), S.Load(init + r1 * ldi + 1 * S.Width));
            (c20, c21) = (S.Load(init + r2 * ldi), S.Load(init + r2 * ldi + 1 * S.Width));
            (c30, c31) = (S.Load(init + r3 * ldi), S.Load(init + r3 * ldi + 1 * S.Width));
        }

        nint a1 = r1 * rowA, a2 = r2 * rowA, a3 = r3 * rowA;
        for (var l = 0; l < k; l++)
        {
            var (b0, b1) = (S.Load(b), S.Load(b + 1 * S.Width));
            var x0 = S.Set(a[0]);
            c00 = S.Fma(x0, b0, c00);
            c01 = S.Fma(x0, b1, c01);
            var x1 = S.Set(a[a1]);
            c10 = S.Fma(x1, b0, c10);
            c11 = S.Fma(x1, b1, c11);
            var x2 = S.Set(a[a2]);
            c20 = S.Fma(x2, b0, c20);
            c21 = S.Fma(x2, b1, c21);
            var x3 = S.Set(a[a3]);
            c30 = S.Fma(x3, b0, c30);
            c31 = S.Fma(x3, b1, c31);
            a += columnA;
            b += ldb;
        }

        S.Store(c, c00);
        S.Store(c + 1 * S.Width, c01);
        S.Store(c + r1 * ldc, c10);
        S.Store(c + r1 * ldc + 1 * S.Width, c11);
        S.Store(c + r2 * ldc, c20);
        S.Store(c + r2 * ldc + 1 * S.Width, c21);
        S.Store(c + r3 * ldc, c30);
        S.Store(c + r3 * ldc + 1 * S.Width, c31);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void Tile1(int rows, int k, float* a, nint rowA, nint columnA, float* b, nint ldb, float* init, nint ldi, float* c, nint ldc)
    {
        nint r1 = Math.Min(1, rows - 1), r2 = Math.Min(2, rows - 1), r3 = Math.Min(3, rows - 1);
        V c00 = S.Zero;
        V c10 = S.Zero;
        V c20 = S.Zero;
        V c30 = S.Zero;
        if (init != null)
        {
            c00 = S.Load(init);
            c10 = S.Load(init + r1 * ldi);
            c20 = S.Load(init + r2 * ldi);
            c30 = S.Load(init + r3 * ldi);
        }

        nint a1 = r1 * rowA, a2 = r2 * rowA, a3 = r3 * rowA;
        for (var l = 0; l < k; l++)
        {
            var b0 = S.Load(b);
            var x0 = S.Set(a[0]);
            c00 = S.Fma(x0, b0, c00);
            var x1 = S.Set(a[a1]);
            c10 = S.Fma(x1, b0, c10);
            var x2 = S.Set(a[a2]);
            c20 = S.Fma(x2, b0, c20);
            var x3 = S.Set(a[a3]);
            c30 = S.Fma(x3, b0, c30);
            a += columnA;
            b += ldb;
        }

        S.Store(c, c00);
        S.Store(c + r1 * ldc, c10);
        S.Store(c + r2 * ldc, c20);
        S.Store(c + r3 * ldc, c30);
    }

    /// <summary>T [columns, ldt] = the transpose of <paramref name="rows"/> rows of R; the padding up to ldt becomes 0.</summary>
    /// <param name="source">R [rows, columns], rows lds apart; columns is a multiple of 4.</param>
    /// <param name="lds">From one row of R to the next.</param>
    /// <param name="rows">Rows of R.</param>
    /// <param name="columns">Columns of R.</param>
    /// <param name="target">T.</param>
    /// <param name="ldt">From one row of T to the next: at least rows, a multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint lds, int rows, int columns, float* target, nint ldt)
    {
        var i = 0;
        for (; i + 4 <= rows; i += 4)
        {
            for (var j = 0; j < columns; j += 4)
            {
                var (r0, r1) = (Vector128.Load(source + i * lds + j), Vector128.Load(source + (i + 1) * lds + j));
                var (r2, r3) = (Vector128.Load(source + (i + 2) * lds + j), Vector128.Load(source + (i + 3) * lds + j));
                Store4(r0, r1, r2, r3, target + j * ldt + i, ldt);
            }
        }

        for (; i < ldt; i += 4)
        {
            for (var j = 0; j < columns; j += 4)
            {
                var r0 = i < rows ? Vector128.Load(source + i * lds + j) : default;
                var r1 = i + 1 < rows ? Vector128.Load(source + (i + 1) * lds + j) : default;
                var r2 = i + 2 < rows ? Vector128.Load(source + (i + 2) * lds + j) : default;
                Store4(r0, r1, r2, default, target + j * ldt + i, ldt);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Store4(Vector128<float> r0, Vector128<float> r1, Vector128<float> r2, Vector128<float> r3, float* target, nint ldt)
    {
        // 4 x 4: interleave rows 0 and 2, 1 and 3, then the results.
        var (low02, high02) = Interleave(r0, r2);
        var (low13, high13) = Interleave(r1, r3);
        var (t0, t1) = Interleave(low02, low13);
        var (t2, t3) = Interleave(high02, high13);
        Vector128.Store(t0, target);
        Vector128.Store(t1, target + ldt);
        Vector128.Store(t2, target + 2 * ldt);
        Vector128.Store(t3, target + 3 * ldt);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static (Vector128<float> Low, Vector128<float> High) Interleave(Vector128<float> x, Vector128<float> y)
    {
        if (System.Runtime.Intrinsics.X86.Sse.IsSupported)
        {
            return (System.Runtime.Intrinsics.X86.Sse.UnpackLow(x, y), System.Runtime.Intrinsics.X86.Sse.UnpackHigh(x, y));
        }

        return (Vector128.Create(x[0], y[0], x[1], y[1]), Vector128.Create(x[2], y[2], x[3], y[3]));
    }
}
