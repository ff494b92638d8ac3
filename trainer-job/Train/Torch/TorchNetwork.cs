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
    /// <summary>[P, D]: the hidden state of every position.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="items">[slots, D]: the embeddings of its items.</param>
    public Tensor Forward(TorchBatch batch, Tensor items)
    {
        var (count, length) = (batch.Sequences, batch.Longest);

        // Positions are counted from the end, and the newest is in the last column.
        var positions = weights[TensorNames.PositionEmbedding].narrow(0, 0, length).flip(0);
        var x = Drop(items.index_select(0, batch.Inputs).view(count, length, config.Width) * Math.Sqrt(config.Width) + positions);
        var mask = Mask(batch);
        for (var b = 0; b < config.Blocks; b++)
        {
            x = Block(TensorNames.Block(b), x, mask);
        }

        return Norm(x, TensorNames.FinalNorm).reshape(-1, config.Width).index_select(0, batch.Places);
    }

    Tensor Block(BlockTensors block, Tensor x, Tensor mask)
    {
        var n = Norm(x, block.AttentionNorm);
        var attention = scaled_dot_product_attention(
            Heads(Dense(n, block.Query)), Heads(Dense(x, block.Key)), Heads(Dense(x, block.Value)), mask, rate);
        var m = Norm(n + attention.transpose(1, 2).reshape(x.shape), block.FeedNorm);
        return m + Drop(Dense(Drop(relu(Dense(m, block.FeedInner))), block.FeedOuter));
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

    Tensor Heads(Tensor x) => x.view(x.shape[0], x.shape[1], config.Heads, config.Width / config.Heads).transpose(1, 2);

    Tensor Norm(Tensor x, string name) =>
        layer_norm(
            x, [config.Width], weights[TensorNames.Scale(name)].flatten(), weights[TensorNames.Shift(name)].flatten(), ReferenceNetwork.LayerNormEpsilon);

    Tensor Dense(Tensor x, string name) => x.matmul(weights[TensorNames.Weight(name)]) + weights[TensorNames.Bias(name)];

    Tensor Drop(Tensor x) => rate > 0 ? dropout(x, rate) : x;
}
