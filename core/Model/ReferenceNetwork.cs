namespace SasRec.Core.Model;

/// <summary>
/// SASRec for one sequence, written to be read: double precision and plain loops. It is the truth to which every engine is held.
/// </summary>
/// <remarks>
/// L positions, D width. x = dropout(sqrt(D) item + position), the newest position being row 0 of the table; then the blocks
/// (<see cref="SasRecBlock"/>); the output is a layer norm of the last, and a score its product with an item's embedding.
/// </remarks>
public sealed class ReferenceNetwork
{
    readonly SasRecWeights shape;
    readonly List<ReferenceOperations> blocks = [];
    int[] sequence = [];
    DropoutFactor dropout = NoDropout;
    ReferenceValue embedded = new(new double[0, 0]);
    ReferenceValue output = new(new double[0, 0]);

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
    /// <param name="items">[L]: item indices, oldest first, 1 to MaxLength of them.</param>
    /// <param name="factor">Dropout; none if null.</param>
    public double[,] Forward(ReadOnlySpan<int> items, DropoutFactor? factor = null)
    {
        ArgumentOutOfRangeException.ThrowIfZero(items.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(items.Length, Config.MaxLength);
        sequence = items.ToArray();
        dropout = factor ?? NoDropout;
        blocks.Clear();
        var x = new double[items.Length, Config.Width];
        var scale = Math.Sqrt(Config.Width);
        var itemTable = Of(TensorNames.ItemEmbedding).Span;
        var positions = Of(TensorNames.PositionEmbedding).Span;
        for (var t = 0; t < items.Length; t++)
        {
            for (var d = 0; d < Config.Width; d++)
            {
                var embedding = scale * itemTable[items[t] * Config.Width + d] + positions[(items.Length - 1 - t) * Config.Width + d];
                x[t, d] = embedding * dropout(DropoutSite.Embedding, 0, t, d);
            }
        }

        output = embedded = new ReferenceValue(x);
        for (var b = 0; b < Config.Blocks; b++)
        {
            output = SasRecBlock.Apply(Operations(b), TensorNames.Block(b), output);
        }

        output = Operations(Config.Blocks).Norm(output, TensorNames.FinalNorm);
        return output.Value;
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
        output.Receive(hiddenGradient);
        for (var b = blocks.Count - 1; b >= 0; b--)
        {
            blocks[b].Backward();
        }

        var scale = Math.Sqrt(Config.Width);
        var items = GradientOf(TensorNames.ItemEmbedding).Span;
        var positions = GradientOf(TensorNames.PositionEmbedding).Span;
        for (var t = 0; t < sequence.Length; t++)
        {
            for (var d = 0; d < Config.Width; d++)
            {
                var gradient = embedded.Gradient[t, d] * dropout(DropoutSite.Embedding, 0, t, d);
                items[sequence[t] * Config.Width + d] += scale * gradient;
                positions[(sequence.Length - 1 - t) * Config.Width + d] += gradient;
            }
        }
    }

    ReferenceOperations Operations(int block)
    {
        blocks.Add(new ReferenceOperations(Config, block, Of, GradientOf, dropout));
        return blocks[^1];
    }

    Memory<double> Of(string name) => Values.AsMemory(shape.Tensor(name).Offset, shape.Tensor(name).Length);

    Memory<double> GradientOf(string name) => Gradients.AsMemory(shape.Tensor(name).Offset, shape.Tensor(name).Length);

    static double NoDropout(DropoutSite site, int block, int row, int column) => 1;
}
