namespace SasRec.Core.Model;

/// <summary>The operations that a block is made of, over values that each implementation chooses: numbers, nodes of a graph, tensors.</summary>
/// <typeparam name="T">[..., L, D] or, within the feed-forward layers, the same with their width.</typeparam>
public interface IBlockOperations<T>
{
    /// <summary>The rows whose output is wanted: all, or only the newest position's where nothing reads the others.</summary>
    /// <param name="x">The block's input.</param>
    T Queries(T x);

    /// <summary>Each row to mean 0 and variance 1 (<see cref="SasRecBlock.LayerNormEpsilon"/> is added to the variance), times scale, plus shift.</summary>
    /// <param name="x">The value.</param>
    /// <param name="layer">The norm's name.</param>
    T Norm(T x, string layer);

    /// <summary>x W + b.</summary>
    /// <param name="x">The value.</param>
    /// <param name="layer">The dense layer's name.</param>
    T Dense(T x, string layer);

    /// <summary>softmax(q kᵀ / √(D / heads)) v in each head, over the positions up to the query's own, with dropout on the weights.</summary>
    /// <param name="q">The queries.</param>
    /// <param name="k">The keys.</param>
    /// <param name="v">The values.</param>
    T Attention(T q, T k, T v);

    /// <summary>x + y.</summary>
    /// <param name="x">A value.</param>
    /// <param name="y">Another.</param>
    T Add(T x, T y);

    /// <summary>max(x, 0).</summary>
    /// <param name="x">The value.</param>
    T Relu(T x);

    /// <summary>x times its dropout factors; x itself where nothing is trained.</summary>
    /// <param name="x">The value.</param>
    /// <param name="site">Where it stands.</param>
    T Drop(T x, DropoutSite site);
}

/// <summary>The block of SASRec, defined once: the reference network, the ONNX writer and the Torch network carry out these operations.</summary>
/// <remarks>As in the authors' code (Kang and McAuley 2018). The CPU engine fuses the operations; its tests hold it to the reference.</remarks>
public static class SasRecBlock
{
    /// <summary>Added to the variance in every layer norm.</summary>
    public const double LayerNormEpsilon = 1e-8;

    /// <summary>n = Norm(x); a = n + Attention(query n, key x, value x); m = Norm(a); m + Drop(Outer(Drop(relu(Inner(m))))).</summary>
    /// <param name="on">What carries out the operations.</param>
    /// <param name="block">The names of the block's tensors.</param>
    /// <param name="x">[L, D]: the embeddings, or the output of the block before.</param>
    public static T Apply<T>(IBlockOperations<T> on, BlockTensors block, T x)
    {
        ArgumentNullException.ThrowIfNull(on);
        var n = on.Norm(on.Queries(x), block.AttentionNorm);
        var a = on.Add(n, on.Attention(on.Dense(n, block.Query), on.Dense(x, block.Key), on.Dense(x, block.Value)));
        var m = on.Norm(a, block.FeedNorm);
        var inner = on.Drop(on.Relu(on.Dense(m, block.FeedInner)), DropoutSite.FeedInner);
        return on.Add(m, on.Drop(on.Dense(inner, block.FeedOuter), DropoutSite.FeedOuter));
    }
}
