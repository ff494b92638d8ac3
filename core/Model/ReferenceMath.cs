namespace SasRec.Core.Model;

/// <summary>The few matrix operations of the reference network, in double precision and plain loops.</summary>
static class ReferenceMath
{
    /// <summary>x [m, k] W [k, n] + b [n].</summary>
    public static double[,] Dense(double[,] x, ReadOnlySpan<double> weight, ReadOnlySpan<double> bias)
    {
        var (m, k, n) = (x.GetLength(0), x.GetLength(1), bias.Length);
        var y = new double[m, n];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = bias[j];
                for (var l = 0; l < k; l++)
                {
                    sum += x[i, l] * weight[l * n + j];
                }

                y[i, j] = sum;
            }
        }

        return y;
    }

    /// <summary>Adds the gradients of W and b for dy, and returns dx = dy W^T.</summary>
    public static double[,] DenseBackward(
        double[,] x, ReadOnlySpan<double> weight, double[,] dy, Span<double> weightGradient, Span<double> biasGradient)
    {
        var (m, k, n) = (x.GetLength(0), x.GetLength(1), dy.GetLength(1));
        var dx = new double[m, k];
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                biasGradient[j] += dy[i, j];
                for (var l = 0; l < k; l++)
                {
                    weightGradient[l * n + j] += x[i, l] * dy[i, j];
                    dx[i, l] += weight[l * n + j] * dy[i, j];
                }
            }
        }

        return dx;
    }

    /// <summary>Each row to mean 0 and variance 1, times scale, plus shift.</summary>
    public static double[,] LayerNorm(double[,] x, ReadOnlySpan<double> scale, ReadOnlySpan<double> shift)
    {
        var y = new double[x.GetLength(0), x.GetLength(1)];
        for (var i = 0; i < x.GetLength(0); i++)
        {
            var (mean, inverse) = Moments(x, i);
            for (var j = 0; j < x.GetLength(1); j++)
            {
                y[i, j] = (x[i, j] - mean) * inverse * scale[j] + shift[j];
            }
        }

        return y;
    }

    /// <summary>Adds the gradients of scale and shift for dy, and returns dx.</summary>
    public static double[,] LayerNormBackward(
        double[,] x, ReadOnlySpan<double> scale, double[,] dy, Span<double> scaleGradient, Span<double> shiftGradient)
    {
        var (m, n) = (x.GetLength(0), x.GetLength(1));
        var dx = new double[m, n];
        for (var i = 0; i < m; i++)
        {
            var (mean, inverse) = Moments(x, i);
            double sum = 0, sumNormal = 0;
            for (var j = 0; j < n; j++)
            {
                var normal = (x[i, j] - mean) * inverse;
                scaleGradient[j] += dy[i, j] * normal;
                shiftGradient[j] += dy[i, j];
                sum += dy[i, j] * scale[j];
                sumNormal += dy[i, j] * scale[j] * normal;
            }

            for (var j = 0; j < n; j++)
            {
                var normal = (x[i, j] - mean) * inverse;
                dx[i, j] = inverse * (dy[i, j] * scale[j] - sum / n - normal * sumNormal / n);
            }
        }

        return dx;
    }

    /// <summary>Replaces each element by a function of it and its place.</summary>
    public static void Map(double[,] x, Func<double, int, int, double> function)
    {
        for (var i = 0; i < x.GetLength(0); i++)
        {
            for (var j = 0; j < x.GetLength(1); j++)
            {
                x[i, j] = function(x[i, j], i, j);
            }
        }
    }

    static (double Mean, double Inverse) Moments(double[,] x, int row)
    {
        var n = x.GetLength(1);
        double mean = 0, variance = 0;
        for (var j = 0; j < n; j++)
        {
            mean += x[row, j] / n;
        }

        for (var j = 0; j < n; j++)
        {
            variance += (x[row, j] - mean) * (x[row, j] - mean) / n;
        }

        return (mean, 1 / Math.Sqrt(variance + SasRecBlock.LayerNormEpsilon));
    }
}
