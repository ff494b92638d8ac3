using SasRec.Core.Model;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SasRec.Trainer.Train.Torch;

/// <summary>SASRec over a padded batch: the same network as <see cref="ReferenceNetwork"/>.</summary>
/// <param name="config">The shape.</param>
/// <param name="weights">By the names that <see cref="SasRecWeights"/> gives them.</param>
/// <param name="rate">The dropout rate.</param>
sealed class TorchNetwork(SasRecConfig config, IReadOnlyDictionary<string, Tensor> weights, double rate)
{
    SasRecConfig Config => config;

    IReadOnlyDictionary<string, Tensor> Weights => weights;

    double Rate => rate;

    /// <summary>[P, D]: the hidden state of every position.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="items">[slots, D]: the embeddings of its items.</param>
    public Tensor Forward(TorchBatch batch, Tensor items)
    {
        var (count, length) = (batch.Sequences, batch.Longest);

        // Positions are counted from the end, and the newest is in the last column.
        var positions = weights[TensorNames.PositionEmbedding].narrow(0, 0, length).flip(0);
        var x = Drop(items.index_select(0, batch.Inputs).view(count, length, config.Width) * Math.Sqrt(config.Width) + positions);
        var operations = new Operations(this, Mask(batch));
        for (var b = 0; b < config.Blocks; b++)
        {
            x = SasRecBlock.Apply(operations, TensorNames.Block(b), x);
        }

        return operations.Norm(x, TensorNames.FinalNorm).reshape(-1, config.Width).index_select(0, batch.Places);
    }

    /// <summary>[B, 1, L, L]: who sees whom: the past and itself, without the padding; padding sees itself, or its softmax would be of nothing.</summary>
    static Tensor Mask(TorchBatch batch)
    {
        var (length, device) = (batch.Longest, batch.Lengths.device);
        var real = arange(length, device: device).ge(length - batch.Lengths.unsqueeze(1));
        var causal = ones(length, length, dtype: ScalarType.Bool, device: device).tril();
        var self = eye(length, dtype: ScalarType.Bool, device: device);
        return causal.logical_and(real.unsqueeze(1)).logical_or(self).unsqueeze(1);
    }

    Tensor Drop(Tensor x) => rate > 0 ? dropout(x, rate) : x;

    /// <summary>The operations of a block on tensors [B, L, D].</summary>
    /// <param name="network">The network.</param>
    /// <param name="mask">Who sees whom.</param>
    sealed class Operations(TorchNetwork network, Tensor mask) : IBlockOperations<Tensor>
    {
        SasRecConfig Config => network.Config;

        public Tensor Queries(Tensor x) => x;

        public Tensor Norm(Tensor x, string layer) => layer_norm(
            x, [Config.Width], Of(TensorNames.Scale(layer)).flatten(), Of(TensorNames.Shift(layer)).flatten(), SasRecBlock.LayerNormEpsilon);

        public Tensor Dense(Tensor x, string layer) => x.matmul(Of(TensorNames.Weight(layer))) + Of(TensorNames.Bias(layer));

        public Tensor Attention(Tensor q, Tensor k, Tensor v) =>
            scaled_dot_product_attention(Heads(q), Heads(k), Heads(v), mask, network.Rate).transpose(1, 2).reshape(q.shape);

        public Tensor Add(Tensor x, Tensor y) => x + y;

        public Tensor Relu(Tensor x) => relu(x);

        public Tensor Drop(Tensor x, DropoutSite site) => network.Drop(x);

        Tensor Of(string name) => network.Weights[name];

        Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], Config.Heads, Config.Width / Config.Heads).transpose(1, 2);
    }
}
