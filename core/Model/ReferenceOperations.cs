namespace SasRec.Core.Model;

/// <summary>A value of the reference network and its gradient, both [L, columns].</summary>
/// <param name="value">The value.</param>
sealed class ReferenceValue(double[,] value)
{
    public double[,] Value => value;

    /// <summary>d loss / d value, added up by the operations that read the value.</summary>
    public double[,] Gradient { get; } = new double[value.GetLength(0), value.GetLength(1)];

    /// <summary>Adds to the gradient.</summary>
    /// <param name="more">[L, columns].</param>
    public void Receive(double[,] more) => ReferenceMath.Map(Gradient, (gradient, i, j) => gradient + more[i, j]);
}

/// <summary>The operations of one block in double precision and plain loops; each remembers how its gradient goes back.</summary>
/// <param name="config">The network's shape.</param>
/// <param name="block">Which block, 0 for the first.</param>
/// <param name="weights">The weights of a tensor, by name.</param>
/// <param name="gradients">Their gradients, which are added to.</param>
/// <param name="dropout">The factors of dropout.</param>
sealed class ReferenceOperations(
    SasRecConfig config, int block, Func<string, Memory<double>> weights, Func<string, Memory<double>> gradients, DropoutFactor dropout)
    : IBlockOperations<ReferenceValue>
{
    readonly Stack<Action> backward = [];

    /// <summary>Takes the gradient of what was made last back to what was given first.</summary>
    public void Backward()
    {
        while (backward.TryPop(out var step))
        {
            step();
        }
    }

    public ReferenceValue Queries(ReferenceValue x) => x;

    public ReferenceValue Norm(ReferenceValue x, string layer)
    {
        var (scale, shift) = (TensorNames.Scale(layer), TensorNames.Shift(layer));
        return Made(
            ReferenceMath.LayerNorm(x.Value, weights(scale).Span, weights(shift).Span),
            dy => x.Receive(ReferenceMath.LayerNormBackward(x.Value, weights(scale).Span, dy, gradients(scale).Span, gradients(shift).Span)));
    }

    public ReferenceValue Dense(ReferenceValue x, string layer)
    {
        var (weight, bias) = (TensorNames.Weight(layer), TensorNames.Bias(layer));
        return Made(
            ReferenceMath.Dense(x.Value, weights(weight).Span, weights(bias).Span),
            dy => x.Receive(ReferenceMath.DenseBackward(x.Value, weights(weight).Span, dy, gradients(weight).Span, gradients(bias).Span)));
    }

    public ReferenceValue Add(ReferenceValue x, ReferenceValue y)
    {
        var sum = (double[,])x.Value.Clone();
        ReferenceMath.Map(sum, (value, i, j) => value + y.Value[i, j]);
        return Made(sum, dy =>
        {
            x.Receive(dy);
            y.Receive(dy);
        });
    }

    public ReferenceValue Relu(ReferenceValue x) => Times(x, (i, j) => x.Value[i, j] > 0 ? 1 : 0);

    public ReferenceValue Drop(ReferenceValue x, DropoutSite site) => Times(x, (i, j) => dropout(site, block, i, j));

    public ReferenceValue Attention(ReferenceValue q, ReferenceValue k, ReferenceValue v)
    {
        var (rows, width) = (q.Value.GetLength(0), config.Width);
        var shares = Shares(q.Value, k.Value); // [heads, L, L]
        var mixed = new double[rows, width];
        ForEachPair(rows, (h, i, j, d) => mixed[i, d] += shares[h, i, j] * Factor(h, i, j) * v.Value[j, d]);
        return Made(mixed, dy =>
        {
            var (dq, dk, dv) = (new double[rows, width], new double[rows, width], new double[rows, width]);
            var dShares = new double[config.Heads, rows, rows];
            ForEachPair(rows, (h, i, j, d) =>
            {
                dShares[h, i, j] += dy[i, d] * v.Value[j, d] * Factor(h, i, j);
                dv[j, d] += dy[i, d] * shares[h, i, j] * Factor(h, i, j);
            });

            // The softmax of a query: dz_j = s_j (ds_j - Σ_l s_l ds_l).
            var mean = new double[config.Heads, rows];
            for (var h = 0; h < config.Heads; h++)
            {
                for (var i = 0; i < rows; i++)
                {
                    for (var j = 0; j <= i; j++)
                    {
                        mean[h, i] += shares[h, i, j] * dShares[h, i, j];
                    }
                }
            }

            ForEachPair(rows, (h, i, j, d) =>
            {
                var gradient = Scale * shares[h, i, j] * (dShares[h, i, j] - mean[h, i]);
                dq[i, d] += gradient * k.Value[j, d];
                dk[j, d] += gradient * q.Value[i, d];
            });
            q.Receive(dq);
            k.Receive(dk);
            v.Receive(dv);
        });

        double Factor(int h, int i, int j) => dropout(DropoutSite.Attention, block, (h * rows) + i, j);
    }

    double Scale => 1 / Math.Sqrt((double)config.Width / config.Heads);

    /// <summary>[heads, L, L]: the softmax of each query over the keys up to its own position.</summary>
    double[,,] Shares(double[,] q, double[,] k)
    {
        var rows = q.GetLength(0);
        var shares = new double[config.Heads, rows, rows];
        ForEachPair(rows, (h, i, j, d) => shares[h, i, j] += Scale * q[i, d] * k[j, d]);
        for (var h = 0; h < config.Heads; h++)
        {
            for (var i = 0; i < rows; i++)
            {
                double sum = 0, highest = double.NegativeInfinity;
                for (var j = 0; j <= i; j++)
                {
                    highest = Math.Max(highest, shares[h, i, j]);
                }

                for (var j = 0; j <= i; j++)
                {
                    sum += shares[h, i, j] = Math.Exp(shares[h, i, j] - highest);
                }

                for (var j = 0; j <= i; j++)
                {
                    shares[h, i, j] /= sum;
                }
            }
        }

        return shares;
    }

    /// <summary>Every head h, query i, key j up to i, and column d of the head.</summary>
    void ForEachPair(int rows, Action<int, int, int, int> visit)
    {
        var size = config.Width / config.Heads;
        for (var h = 0; h < config.Heads; h++)
        {
            for (var i = 0; i < rows; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    for (var d = h * size; d < (h + 1) * size; d++)
                    {
                        visit(h, i, j, d);
                    }
                }
            }
        }
    }

    /// <summary>Each element times a factor that does not depend on the gradient.</summary>
    ReferenceValue Times(ReferenceValue x, Func<int, int, double> factor)
    {
        return Made(Product(x.Value), dy => x.Receive(Product(dy)));

        double[,] Product(double[,] values)
        {
            var product = (double[,])values.Clone();
            ReferenceMath.Map(product, (value, i, j) => value * factor(i, j));
            return product;
        }
    }

    ReferenceValue Made(double[,] value, Action<double[,]> takeBack)
    {
        var made = new ReferenceValue(value);
        backward.Push(() => takeBack(made.Gradient));
        return made;
    }
}
