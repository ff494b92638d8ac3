using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>
/// The engine's own layout: each head's columns are padded with zeros to a multiple of <see cref="Lanes.Multiple"/>, so that no kernel
/// has a tail. The item table is apart; all other tensors ("dense") lie one after the other, matrices with padded rows too.
/// </summary>
sealed unsafe class PaddedLayout
{
    readonly int[] columns;
    readonly Dictionary<string, int> offsets = [];

    public PaddedLayout(SasRecWeights shape)
    {
        Config = shape.Config;
        HeadWidth = Config.Width / Config.Heads;
        PaddedHeadWidth = Lanes.Pad(HeadWidth);
        Width = Config.Heads * PaddedHeadWidth;
        columns = [.. Enumerable.Range(0, Config.Width).Select(d => d / HeadWidth * PaddedHeadWidth + d % HeadWidth)];
        foreach (var tensor in shape.Tensors.Where(tensor => tensor.Name != TensorNames.ItemEmbedding))
        {
            offsets.Add(tensor.Name, DenseLength);
            DenseLength += Rows(tensor) * Width;
        }
    }

    public SasRecConfig Config { get; }

    /// <summary>W: D with padding.</summary>
    public int Width { get; }

    /// <summary>D / Heads.</summary>
    public int HeadWidth { get; }

    /// <summary>W / Heads.</summary>
    public int PaddedHeadWidth { get; }

    /// <summary>The length of all tensors but the item table.</summary>
    public int DenseLength { get; }

    /// <summary>Where a tensor begins in the dense block.</summary>
    public int Offset(string name) => offsets[name];

    /// <summary>The padded column of feature d.</summary>
    public int Column(int d) => columns[d];

    /// <summary>Copies weights in; padding is left as it is (0 in fresh memory).</summary>
    public void Import(SasRecWeights weights, float* items, float* dense) => Copy(weights, items, dense, import: true);

    /// <summary>Copies weights out.</summary>
    public void Export(float* items, float* dense, SasRecWeights weights) => Copy(weights, items, dense, import: false);

    void Copy(SasRecWeights weights, float* items, float* dense, bool import)
    {
        foreach (var tensor in weights.Tensors)
        {
            var isItems = tensor.Name == TensorNames.ItemEmbedding;
            var isMatrix = tensor.Name.EndsWith(TensorNames.Weight(""), StringComparison.Ordinal);
            var values = weights[tensor.Name];
            for (var r = 0; r < tensor.Rows; r++)
            {
                var padded = (isItems ? items : dense + offsets[tensor.Name]) + (nint)(isMatrix ? columns[r] : r) * Width;
                for (var d = 0; d < columns.Length; d++)
                {
                    if (import)
                    {
                        padded[columns[d]] = values[r * columns.Length + d];
                    }
                    else
                    {
                        values[r * columns.Length + d] = padded[columns[d]];
                    }
                }
            }
        }
    }

    int Rows(WeightTensor tensor) => tensor.Name.EndsWith(TensorNames.Weight(""), StringComparison.Ordinal) ? Width : tensor.Rows;
}
