namespace SasRec.Core.Model;

/// <summary>Where dropout acts.</summary>
public enum DropoutSite
{
    /// <summary>On the sum of item and position embedding: row = position, column = feature.</summary>
    Embedding,

    /// <summary>On the attention weights: row = head x length + query position, column = key position.</summary>
    Attention,

    /// <summary>After the inner layer of the feed-forward network.</summary>
    FeedInner,

    /// <summary>After its outer layer.</summary>
    FeedOuter,
}

/// <summary>What dropout multiplies a value by: 0, or 1 / (1 - rate).</summary>
/// <param name="site">Where.</param>
/// <param name="block">In which block; 0 for the embedding.</param>
/// <param name="row">The row within one sequence.</param>
/// <param name="column">The column.</param>
public delegate double DropoutFactor(DropoutSite site, int block, int row, int column);

/// <summary>
/// SASRec for one sequence, written to be read: double precision and plain loops. It is the truth to which every engine is held.
/// </summary>
/// <remarks>
/// L positions, D width. As in the authors' code: x = dropout(sqrt(D) item + position), the newest position being row 0 of the table;
/// each block has n = LayerNorm(x), a = n + Attention(query n, key x, value x), m = LayerNorm(a),
/// x = m + dropout(Outer(dropout(relu(Inner(m))))); the output is LayerNorm(x), and a score its product with an item's embedding.
/// </remarks>
public sealed class ReferenceNetwork
{
    /// <summary>Added to the variance in every layer norm.</summary>
    public const double LayerNormEpsilon = 1e-8;

    readonly SasRecWeights shape;
    readonly List<BlockTrace> traces = [];
    int[] sequence = [];
    DropoutFactor dropout = NoDropout;
    double[,] last = new double[0, 0];

    /// <summary>A network with a copy of these weights.</summary>
    /// <param name="weights">The weights.</param>
    public ReferenceNetwork(SasRecWeights weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        shape = weights;
        Values = Array.ConvertAll(weights.Values, value => (double)value);
        Gradients = new double[Values.Length];
    }

    /// <summary>The weights, laid out as in <see cref="SasRecWeights.Values"/>.</summary>
    public double[] Values { get; }

    /// <summary>What <see cref="Backward"/> has added up, in the same layout.</summary>
    public double[] Gradients { get; }

    SasRecConfig Config => shape.Config;

    /// <summary>The hidden states after the final layer norm, [L, D].</summary>
    /// <param name="items">[L]: catalogue indices, oldest first, 1 to MaxLength of them.</param>
    /// <param name="factor">Dropout; none if null.</param>
    public double[,] Forward(ReadOnlySpan<int> items, DropoutFactor? factor = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(items.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Length, Config.MaxLength);
        sequence = items.ToArray();
        dropout = factor ?? NoDropout;
        traces.Clear();
        var x = new double[items.Length, Config.Width];
        var scale = Math.Sqrt(Config.Width);
        var itemTable = Of(TensorNames.ItemEmbedding);
        var positions = Of(TensorNames.PositionEmbedding);
        for (var t = 0; t < items.Length; t++)
        {
            for (var d = 0; d < Config.Width; d++)
            {
                var embedding = scale * itemTable[items[t] * Config.Width + d] + positions[(items.Length - 1 - t) * Config.Width + d];
                x[t, d] = embedding * dropout(DropoutSite.Embedding, 0, t, d);
            }
        }

        for (var b = 0; b < Config.Blocks; b++)
        {
            x = Block(b, x);
        }

        last = x;
        return Norm(x, TensorNames.FinalNorm);
    }

    /// <summary>The product of hidden state <paramref name="t"/> with an item's embedding.</summary>
    /// <param name="hidden">[L, D].</param>
    /// <param name="t">The position.</param>
    /// <param name="item">The item.</param>
    public double Score(double[,] hidden, int t, int item)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        double score = 0;
        for (var d = 0; d < Config.Width; d++)
        {
            score += hidden[t, d] * Values[item * Config.Width + d];
        }

        return score;
    }

    /// <summary>Adds to <see cref="Gradients"/> what a gradient of one score gives the item, and to <paramref name="hiddenGradient"/> the rest.</summary>
    /// <param name="hidden">[L, D].</param>
    /// <param name="hiddenGradient">[L, D], added to.</param>
    /// <param name="t">The position.</param>
    /// <param name="item">The item.</param>
    /// <param name="gradient">d loss / d score.</param>
    public void ScoreBackward(double[,] hidden, double[,] hiddenGradient, int t, int item, double gradient)
    {
        ArgumentNullException.ThrowIfNull(hidden);
        ArgumentNullException.ThrowIfNull(hiddenGradient);
        for (var d = 0; d < Config.Width; d++)
        {
            Gradients[item * Config.Width + d] += gradient * hidden[t, d];
            hiddenGradient[t, d] += gradient * Values[item * Config.Width + d];
        }
    }

    /// <summary>Adds the gradients of every weight for the sequence of the last <see cref="Forward"/>.</summary>
    /// <param name="hiddenGradient">[L, D]: d loss / d hidden.</param>
    public void Backward(double[,] hiddenGradient)
    {
        ArgumentNullException.ThrowIfNull(hiddenGradient);
        var dx = NormBackward(TensorNames.FinalNorm, last, hiddenGradient);
        for (var b = Config.Blocks - 1; b >= 0; b--)
        {
            dx = BlockBackward(b, dx);
        }

        var scale = Math.Sqrt(Config.Width);
        var items = GradientOf(TensorNames.ItemEmbedding);
        var positions = GradientOf(TensorNames.PositionEmbedding);
        for (var t = 0; t < sequence.Length; t++)
        {
            for (var d = 0; d < Config.Width; d++)
            {
                var gradient = dx[t, d] * dropout(DropoutSite.Embedding, 0, t, d);
                items[sequence[t] * Config.Width + d] += scale * gradient;
                positions[(sequence.Length - 1 - t) * Config.Width + d] += gradient;
            }
        }
    }

    double[,] Block(int b, double[,] x)
    {
        var block = TensorNames.Block(b);
        var n = Norm(x, block.AttentionNorm);
        var q = Dense(n, block.Query);
        var k = Dense(x, block.Key);
        var v = Dense(x, block.Value);
        var weights = AttentionWeights(q, k);
        var a = (double[,])n.Clone();
        ForEachPair((h, i, j, head) =>
        {
            var weight = weights[h, i, j] * dropout(DropoutSite.Attention, b, h * sequence.Length + i, j);
            for (var d = head.Start.Value; d < head.End.Value; d++)
            {
                a[i, d] += weight * v[j, d];
            }
        });
        var m = Norm(a, block.FeedNorm);
        var inner = Dense(m, block.FeedInner);
        Map(inner, (value, t, d) => Math.Max(value, 0) * dropout(DropoutSite.FeedInner, b, t, d));
        var y = Dense(inner, block.FeedOuter);
        Map(y, (value, t, d) => m[t, d] + value * dropout(DropoutSite.FeedOuter, b, t, d));
        traces.Add(new BlockTrace(x, n, q, k, v, weights, a, m, inner));
        return y;
    }

    double[,] BlockBackward(int b, double[,] dy)
    {
        var block = TensorNames.Block(b);
        var trace = traces[b];
        var outerGradient = (double[,])dy.Clone();
        Map(outerGradient, (value, t, d) => value * dropout(DropoutSite.FeedOuter, b, t, d));
        var innerGradient = DenseBackward(block.FeedOuter, trace.Inner, outerGradient);
        Map(innerGradient, (value, t, d) => trace.Inner[t, d] > 0 ? value * dropout(DropoutSite.FeedInner, b, t, d) : 0);
        var dm = Sum(dy, DenseBackward(block.FeedInner, trace.M, innerGradient));
        var da = NormBackward(block.FeedNorm, trace.A, dm);

        var (rows, width) = (sequence.Length, Config.Width);
        var (dq, dk, dv) = (new double[rows, width], new double[rows, width], new double[rows, width]);
        var dWeights = new double[Config.Heads, rows, rows];
        ForEachPair((h, i, j, head) =>
        {
            var factor = dropout(DropoutSite.Attention, b, h * rows + i, j);
            for (var d = head.Start.Value; d < head.End.Value; d++)
            {
                dWeights[h, i, j] += da[i, d] * trace.V[j, d] * factor;
                dv[j, d] += da[i, d] * trace.Weights[h, i, j] * factor;
            }
        });
        var scale = 1 / Math.Sqrt((double)width / Config.Heads);
        ForEachPair((h, i, j, head) =>
        {
            double mean = 0;
            for (var l = 0; l <= i; l++)
            {
                mean += trace.Weights[h, i, l] * dWeights[h, i, l];
            }

            var gradient = scale * trace.Weights[h, i, j] * (dWeights[h, i, j] - mean);
            for (var d = head.Start.Value; d < head.End.Value; d++)
            {
                dq[i, d] += gradient * trace.K[j, d];
                dk[j, d] += gradient * trace.Q[i, d];
            }
        });

        var dn = Sum(da, DenseBackward(block.Query, trace.N, dq));
        var dx = Sum(DenseBackward(block.Key, trace.X, dk), DenseBackward(block.Value, trace.X, dv));
        return Sum(dx, NormBackward(block.AttentionNorm, trace.X, dn));
    }

    double[,,] AttentionWeights(double[,] q, double[,] k)
    {
        var scale = 1 / Math.Sqrt((double)Config.Width / Config.Heads);
        var weights = new double[Config.Heads, sequence.Length, sequence.Length];
        ForEachPair((h, i, j, head) =>
        {
            for (var d = head.Start.Value; d < head.End.Value; d++)
            {
                weights[h, i, j] += scale * q[i, d] * k[j, d];
            }
        });
        for (var h = 0; h < Config.Heads; h++)
        {
            for (var i = 0; i < sequence.Length; i++)
            {
                double sum = 0, most = double.NegativeInfinity;
                for (var j = 0; j <= i; j++)
                {
                    most = Math.Max(most, weights[h, i, j]);
                }

                for (var j = 0; j <= i; j++)
                {
                    sum += weights[h, i, j] = Math.Exp(weights[h, i, j] - most);
                }

                for (var j = 0; j <= i; j++)
                {
                    weights[h, i, j] /= sum;
                }
            }
        }

        return weights;
    }

    /// <summary>Every head, query position i and key position j &lt;= i, with the head's columns.</summary>
    void ForEachPair(Action<int, int, int, Range> visit)
    {
        var size = Config.Width / Config.Heads;
        for (var h = 0; h < Config.Heads; h++)
        {
            for (var i = 0; i < sequence.Length; i++)
            {
                for (var j = 0; j <= i; j++)
                {
                    visit(h, i, j, (h * size)..((h + 1) * size));
                }
            }
        }
    }

    double[,] Norm(double[,] x, string name) =>
        ReferenceMath.LayerNorm(x, Of(TensorNames.Scale(name)), Of(TensorNames.Shift(name)));

    double[,] NormBackward(string name, double[,] x, double[,] dy) => ReferenceMath.LayerNormBackward(
        x, Of(TensorNames.Scale(name)), dy, GradientOf(TensorNames.Scale(name)), GradientOf(TensorNames.Shift(name)));

    double[,] Dense(double[,] x, string name) =>
        ReferenceMath.Dense(x, Of(TensorNames.Weight(name)), Of(TensorNames.Bias(name)));

    double[,] DenseBackward(string name, double[,] x, double[,] dy) =>
        ReferenceMath.DenseBackward(x, Of(TensorNames.Weight(name)), dy, GradientOf(TensorNames.Weight(name)), GradientOf(TensorNames.Bias(name)));

    ReadOnlySpan<double> Of(string name) => Values.AsSpan(shape.Tensor(name).Offset, shape.Tensor(name).Length);

    Span<double> GradientOf(string name) => Gradients.AsSpan(shape.Tensor(name).Offset, shape.Tensor(name).Length);

    static double NoDropout(DropoutSite site, int block, int row, int column) => 1;

    static void Map(double[,] x, Func<double, int, int, double> function)
    {
        for (var i = 0; i < x.GetLength(0); i++)
        {
            for (var j = 0; j < x.GetLength(1); j++)
            {
                x[i, j] = function(x[i, j], i, j);
            }
        }
    }

    static double[,] Sum(double[,] x, double[,] y)
    {
        var sum = (double[,])x.Clone();
        Map(sum, (value, i, j) => value + y[i, j]);
        return sum;
    }

    sealed record BlockTrace(
        double[,] X, double[,] N, double[,] Q, double[,] K, double[,] V, double[,,] Weights, double[,] A, double[,] M, double[,] Inner);
}
