using System.Collections.Frozen;

namespace SasRec.Core.Model;

/// <summary>The parameters of a SASRec network: named tensors in one flat array.</summary>
/// <remarks>
/// V items, T positions, D width. A dense layer computes x W + b with W [in, out].
/// <code>
/// item_embedding                         [V, D]  input (times sqrt(D)) and output embedding
/// position_embedding                     [T, D]  row 0 is the newest position
/// blocks.{b}.attention_norm.scale|shift  [D]
/// blocks.{b}.query|key|value.weight      [D, D]  head h owns columns [h D/Heads, (h + 1) D/Heads)
/// blocks.{b}.query|key|value.bias        [D]
/// blocks.{b}.feed_norm.scale|shift       [D]
/// blocks.{b}.feed_inner|feed_outer.weight [D, D]
/// blocks.{b}.feed_inner|feed_outer.bias  [D]
/// final_norm.scale|shift                 [D]
/// </code>
/// </remarks>
public sealed partial class SasRecWeights
{
    readonly FrozenDictionary<string, WeightTensor> byName;

    /// <summary>Weights that are all zero.</summary>
    /// <param name="config">The shape of the network.</param>
    /// <param name="itemCount">V, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The shape is out of range, or needs more than 2^31 values.</exception>
    public SasRecWeights(SasRecConfig config, int itemCount)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentOutOfRangeException.ThrowIfLessThan(itemCount, 1);
        Config = config.Validated();
        ItemCount = itemCount;
        var tensors = Layout(config, itemCount);
        var length = tensors.Sum(tensor => (long)tensor.Rows * tensor.Columns);
        if (length > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(itemCount), itemCount, $"{length} weights are more than the {Array.MaxLength} allowed.");
        }

        Tensors = tensors;
        byName = tensors.ToFrozenDictionary(tensor => tensor.Name);
        Values = new float[length];
    }

    SasRecWeights(SasRecWeights of, float[]? itemBias)
    {
        (Config, ItemCount, Tensors, byName, Values) = (of.Config, of.ItemCount, of.Tensors, of.byName, of.Values);
        ItemBias = itemBias;
    }

    /// <summary>The shape of the network.</summary>
    public SasRecConfig Config { get; }

    /// <summary>V: how many items it knows.</summary>
    public int ItemCount { get; }

    /// <summary>All values, tensor after tensor as in <see cref="Tensors"/>.</summary>
    public float[] Values { get; }

    /// <summary>[V]: what is added to each item's score at the output, in training to nothing; null for nothing.</summary>
    public float[]? ItemBias { get; }

    /// <summary>The tensors in the order in which they lie.</summary>
    public IReadOnlyList<WeightTensor> Tensors { get; }

    /// <summary>The values of one tensor, row-major.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public Span<float> this[string name] => Values.AsSpan(Tensor(name).Offset, Tensor(name).Length);

    /// <summary>Where a tensor lies.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    public WeightTensor Tensor(string name) => byName[name];

    /// <summary>An item's embedding [D].</summary>
    /// <param name="item">0..V-1.</param>
    public Span<float> ItemEmbedding(int item) => Values.AsSpan(item * Config.Width, Config.Width);

    /// <summary>Fresh weights: matrices Xavier-normal (variance 2 / (rows + columns)), scales 1, biases and shifts 0.</summary>
    /// <param name="config">The shape of the network.</param>
    /// <param name="itemCount">V.</param>
    /// <param name="seed">The same seed gives the same weights.</param>
    public static SasRecWeights Initialized(SasRecConfig config, int itemCount, ulong seed)
    {
        var weights = new SasRecWeights(config, itemCount);
        for (var t = 0; t < weights.Tensors.Count; t++)
        {
            var tensor = weights.Tensors[t];
            var values = weights[tensor.Name];
            if (tensor.IsVector)
            {
                values.Fill(tensor.Name.EndsWith(TensorNames.Scale(""), StringComparison.Ordinal) ? 1 : 0);
            }
            else
            {
                FillNormal(values, Math.Sqrt(2.0 / (tensor.Rows + tensor.Columns)), CounterRandom.Bits(seed, (ulong)t), 0);
            }
        }

        return weights;
    }

    /// <summary>The same values, shared, with another <see cref="ItemBias"/>.</summary>
    /// <param name="bias">[V], or null for none.</param>
    /// <exception cref="ArgumentException">There is not one a item.</exception>
    public SasRecWeights WithItemBias(float[]? bias) => bias is null || bias.Length == ItemCount
        ? new SasRecWeights(this, bias)
        : throw new ArgumentException($"There are {bias.Length} biases for {ItemCount} items.", nameof(bias));

    /// <summary>These weights for another item vocabulary, without <see cref="ItemBias"/>: known items keep their embedding, new ones start as fresh weights would.</summary>
    /// <param name="known">[V of the result]: each item's index here; -1 for a new one.</param>
    /// <param name="seed">Of the new items' embeddings.</param>
    public SasRecWeights WithItems(ReadOnlySpan<int> known, ulong seed)
    {
        var other = new SasRecWeights(Config, known.Length);
        foreach (var tensor in Tensors.Where(tensor => tensor.Name != TensorNames.ItemEmbedding))
        {
            this[tensor.Name].CopyTo(other[tensor.Name]);
        }

        var (deviation, key) = (Math.Sqrt(2.0 / (known.Length + Config.Width)), CounterRandom.Bits(seed, 0));
        for (var item = 0; item < known.Length; item++)
        {
            if (known[item] >= 0)
            {
                ItemEmbedding(known[item]).CopyTo(other.ItemEmbedding(item));
            }
            else
            {
                FillNormal(other.ItemEmbedding(item), deviation, key, (ulong)item * (ulong)Config.Width);
            }
        }

        return other;
    }

    /// <summary>A copy that shares nothing with this one.</summary>
    public SasRecWeights Copy()
    {
        var copy = new SasRecWeights(Config, ItemCount);
        Values.CopyTo(copy.Values, 0);
        return ItemBias is null ? copy : copy.WithItemBias([.. ItemBias]);
    }

    static WeightTensor[] Layout(SasRecConfig config, int itemCount)
    {
        var tensors = new List<WeightTensor>();
        var offset = 0;
        Add(TensorNames.ItemEmbedding, itemCount, config.Width);
        Add(TensorNames.PositionEmbedding, config.MaxLength, config.Width);
        for (var b = 0; b < config.Blocks; b++)
        {
            var block = TensorNames.Block(b);
            AddNorm(block.AttentionNorm);
            AddDense(block.Query);
            AddDense(block.Key);
            AddDense(block.Value);
            AddNorm(block.FeedNorm);
            AddDense(block.FeedInner);
            AddDense(block.FeedOuter);
        }

        AddNorm(TensorNames.FinalNorm);
        return [.. tensors];

        void AddNorm(string name)
        {
            Add(TensorNames.Scale(name), 1, config.Width);
            Add(TensorNames.Shift(name), 1, config.Width);
        }

        void AddDense(string name)
        {
            Add(TensorNames.Weight(name), config.Width, config.Width);
            Add(TensorNames.Bias(name), 1, config.Width);
        }

        void Add(string name, int rows, int columns)
        {
            tensors.Add(new WeightTensor(name, offset, rows, columns));
            offset = unchecked(offset + rows * columns);
        }
    }

    static void FillNormal(Span<float> values, double deviation, ulong key, ulong first)
    {
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(deviation * CounterRandom.Normal(key, first + (ulong)i));
        }
    }
}
