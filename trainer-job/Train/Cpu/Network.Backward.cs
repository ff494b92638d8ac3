using System.Diagnostics;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <content>The backward pass.</content>
sealed unsafe partial class Network<V, S>
{
    /// <summary>Adds the gradients of every weight for the chunk of the last forward pass.</summary>
    /// <param name="chunk">The same sequences.</param>
    /// <param name="dense">The same weights.</param>
    /// <param name="denseTransposed">The same matrices, each transposed in its place.</param>
    /// <param name="dropout">The same dropout.</param>
    /// <param name="hiddenGradient">[R, W]: d loss / d hidden; overwritten.</param>
    /// <param name="itemGradients">[slots, W], added to.</param>
    /// <param name="denseGradients">Added to.</param>
    public void Backward(
        in ChunkInput chunk, float* dense, float* denseTransposed, in Dropout dropout, float* hiddenGradient, float* itemGradients,
        float* denseGradients)
    {
        var mark = Stopwatch.GetTimestamp();
        var rows = chunk.Rows;
        var dx = hiddenGradient;
        LayerNormBackward(
            rows, final, finalMoments, dense, layout.Offset(TensorNames.Scale(TensorNames.FinalNorm)), dx, denseGradients, dx, accumulate: false);
        Lap(Part.LayerNorm, ref mark);
        for (var b = blocks.Length - 1; b >= 0; b--)
        {
            ref var block = ref blocks[b];
            OuterGradient(chunk, dx, temporary1, b, dropout);
            DenseGradient(rows, block.Inner, temporary1, block.FeedOuter, denseGradients);
            InputGradient(rows, temporary1, denseTransposed, block.FeedOuter, null, temporary2);
            RowKernels<V, S>.MaskByPositive((long)rows * width, block.Inner, temporary2, dropout.Factor);
            DenseGradient(rows, block.M, temporary2, block.FeedInner, denseGradients);
            InputGradient(rows, temporary2, denseTransposed, block.FeedInner, dx, dx);
            Lap(Part.FeedForward, ref mark);
            LayerNormBackward(rows, block.A, block.FeedMoments, dense, block.FeedNorm, dx, denseGradients, dx, accumulate: false);
            Lap(Part.LayerNorm, ref mark);
            AttentionBackward(chunk, block, b, dropout, dx);
            Lap(Part.Attention, ref mark);
            DenseGradient(rows, block.N, dq, block.Query, denseGradients);
            DenseGradient(rows, block.X, dk, block.Key, denseGradients);
            DenseGradient(rows, block.X, dv, block.Value, denseGradients);
            InputGradient(rows, dq, denseTransposed, block.Query, dx, temporary1);
            InputGradient(rows, dk, denseTransposed, block.Key, null, dx);
            InputGradient(rows, dv, denseTransposed, block.Value, dx, dx);
            Lap(Part.Projections, ref mark);
            LayerNormBackward(
                rows, block.X, block.AttentionMoments, dense, block.AttentionNorm, temporary1, denseGradients, dx, accumulate: true);
            Lap(Part.LayerNorm, ref mark);
        }

        EmbedBackward(chunk, dropout, dx, itemGradients, denseGradients);
        Lap(Part.Embedding, ref mark);
    }

    void EmbedBackward(in ChunkInput chunk, in Dropout dropout, float* dx, float* itemGradients, float* denseGradients)
    {
        var scale = MathF.Sqrt(config.Width);
        var positions = denseGradients + layout.Offset(TensorNames.PositionEmbedding);
        for (var s = 0; s < chunk.Sequences; s++)
        {
            var (start, length) = (chunk.Starts[s], chunk.Starts[s + 1] - chunk.Starts[s]);
            for (var t = 0; t < length; t++)
            {
                var row = dx + (nint)(start + t) * width;
                if (dropout.Threshold > 0)
                {
                    var key = dropout.RowKey(chunk.Keys[s], DropoutSite.Embedding, 0, t);
                    RowKernels<V, S>.Drop(width, row, row, dropout.Factor, key, dropout.Threshold);
                }

                RowKernels<V, S>.AddScaled(width, scale, row, itemGradients + (nint)chunk.Slots[start + t] * width);
                RowKernels<V, S>.AddScaled(width, 1, row, positions + (nint)(length - 1 - t) * width);
            }
        }
    }

    void OuterGradient(in ChunkInput chunk, float* dy, float* gradient, int block, in Dropout dropout)
    {
        for (var s = 0; s < chunk.Sequences; s++)
        {
            for (var row = chunk.Starts[s]; row < chunk.Starts[s + 1]; row++)
            {
                var key = dropout.RowKey(chunk.Keys[s], DropoutSite.FeedOuter, block, row - chunk.Starts[s]);
                var offset = (nint)row * width;
                RowKernels<V, S>.Drop(width, dy + offset, gradient + offset, dropout.Factor, key, dropout.Threshold);
            }
        }
    }

    void LayerNormBackward(
        int rows, float* x, float* moments, float* dense, int scale, float* dy, float* denseGradients, float* dx, bool accumulate) =>
        RowKernels<V, S>.LayerNormBackward(
            rows, width, config.Width, x, moments, dense + scale, mask, dy, denseGradients + scale, denseGradients + scale + width, dx, accumulate);

    /// <summary>dW += x^T dy, db += the sum of dy's rows.</summary>
    void DenseGradient(int rows, float* x, float* dy, int weight, float* denseGradients)
    {
        var gradient = denseGradients + weight;
        Gemm<V, S>.Run(width, width, rows, x, 1, width, dy, width, gradient, width, gradient, width);
        RowKernels<V, S>.AddRows(rows, width, dy, gradient + (nint)width * width);
    }

    /// <summary>dx = init + dy W^T.</summary>
    void InputGradient(int rows, float* dy, float* denseTransposed, int weight, float* init, float* dx) =>
        Gemm<V, S>.Run(rows, width, width, dy, width, 1, denseTransposed + weight, width, init, width, dx, width);
}
