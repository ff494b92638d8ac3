using System.Runtime.CompilerServices;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <content>Causal attention, each sequence at its true length, and its gradient.</content>
sealed unsafe partial class Network<V, S>
{
    /// <summary>A = N + dropout(softmax(Q K^T / sqrt(D / Heads))) V for each sequence and head.</summary>
    void Attention(in ChunkInput chunk, in Block block, int index, in Dropout dropout)
    {
        var weights = block.Weights;
        for (var s = 0; s < chunk.Sequences; s++)
        {
            var (start, length) = ((nint)chunk.Starts[s] * width, chunk.Starts[s + 1] - chunk.Starts[s]);
            var stride = AttentionStride(length);
            for (var h = 0; h < config.Heads; h++, weights += (nint)length * stride)
            {
                var head = start + h * layout.PaddedHeadWidth;
                CausalProducts(length, stride, block.Q + head, block.K + head, weights);
                var dropped = dropout.Threshold > 0 ? droppedWeights : weights;
                for (var i = 0; i < length; i++)
                {
                    var key = dropout.RowKey(chunk.Keys[s], DropoutSite.Attention, index, h * length + i);
                    Softmax(weights + (nint)i * stride, i + 1, dropped + (nint)i * stride, dropout.Factor, key, dropout.Threshold);
                }

                for (var i = 0; i < length; i += 4)
                {
                    var rows = Math.Min(4, length - i);
                    var offset = head + (nint)i * width;
                    Gemm<V, S>.Run(
                        rows, layout.PaddedHeadWidth, i + rows, dropped + (nint)i * stride, stride, 1, block.V + head, width, block.N + offset,
                        width, block.A + offset, width);
                }
            }
        }
    }

    /// <summary>From dA, adds up nothing but fills dq, dk and dv.</summary>
    void AttentionBackward(in ChunkInput chunk, in Block block, int index, in Dropout dropout, float* da)
    {
        var weights = block.Weights;
        var size = layout.PaddedHeadWidth;
        for (var s = 0; s < chunk.Sequences; s++)
        {
            var (start, length) = ((nint)chunk.Starts[s] * width, chunk.Starts[s + 1] - chunk.Starts[s]);
            var stride = AttentionStride(length);
            for (var h = 0; h < config.Heads; h++, weights += (nint)length * stride)
            {
                var head = start + h * size;
                CausalProducts(length, stride, da + head, block.V + head, weightGradients);
                var dropped = dropout.Threshold > 0 ? droppedWeights : weights;
                for (var i = 0; i < length; i++)
                {
                    var key = dropout.RowKey(chunk.Keys[s], DropoutSite.Attention, index, h * length + i);
                    var row = (nint)i * stride;
                    SoftmaxBackward(weights + row, i + 1, weightGradients + row, dropped + row, dropout.Factor, key, dropout.Threshold);
                }

                for (var i = 0; i < length; i += 4)
                {
                    var (rows, offset, diagonal) = (Math.Min(4, length - i), head + (nint)i * width, (nint)i * stride + i);
                    Gemm<V, S>.Run(
                        rows, size, length - i, dropped + diagonal, 1, stride, da + offset, width, null, 0, dv + offset, width);
                    Gemm<V, S>.Run(
                        rows, size, length - i, weightGradients + diagonal, 1, stride, block.Q + offset, width, null, 0, dk + offset, width);
                    Gemm<V, S>.Run(
                        rows, size, i + rows, weightGradients + (nint)i * stride, stride, 1, block.K + head, width, null, 0, dq + offset, width);
                }
            }
        }
    }

    /// <summary>products [L, stride] = x y^T, as far as the causal triangle needs.</summary>
    void CausalProducts(int length, int stride, float* x, float* y, float* products)
    {
        Gemm<V, S>.Transpose(y, width, length, layout.PaddedHeadWidth, transposed, stride);
        for (var i = 0; i < length; i += 4)
        {
            var rows = Math.Min(4, length - i);
            Gemm<V, S>.Run(
                rows, Lanes.Pad(i + rows), layout.HeadWidth, x + (nint)i * width, width, 1, transposed, stride, null, 0,
                products + (nint)i * stride, stride);
        }
    }

    /// <summary>Scores become weights over the first <paramref name="count"/> columns and 0 in the padding; dropped gets them after dropout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void Softmax(float* scores, int count, float* dropped, float factor, uint key, uint threshold)
    {
        var padded = Lanes.Pad(count);
        for (var j = count; j < padded; j++)
        {
            scores[j] = LossKernels<V, S>.Excluded;
        }

        var most = S.Load(scores);
        for (var j = S.Width; j < padded; j += S.Width)
        {
            most = S.Max(most, S.Load(scores + j));
        }

        var scale = S.Set(1 / MathF.Sqrt(layout.HeadWidth));
        var (highest, sum) = (S.Set(S.Highest(most)), S.Zero);
        for (var j = 0; j < padded; j += S.Width)
        {
            var weight = RowKernels<V, S>.Exp(S.Multiply(S.Subtract(S.Load(scores + j), highest), scale));
            sum = S.Add(sum, weight);
            S.Store(scores + j, weight);
        }

        var inverse = S.Set(1 / S.Sum(sum));
        for (var j = 0; j < padded; j += S.Width)
        {
            S.Store(scores + j, S.Multiply(S.Load(scores + j), inverse));
        }

        // What the padding keeps of the clamped exponential is too small to see, but products must not read it.
        for (var j = count; j < padded; j++)
        {
            scores[j] = 0;
        }

        if (threshold > 0)
        {
            RowKernels<V, S>.Drop(padded, scores, dropped, factor, key, threshold);
        }
    }

    /// <summary>Gradients of the dropped weights become gradients of the scores; dropped is computed again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void SoftmaxBackward(float* weights, int count, float* gradients, float* dropped, float factor, uint key, uint threshold)
    {
        var padded = Lanes.Pad(count);
        if (threshold > 0)
        {
            RowKernels<V, S>.Drop(padded, weights, dropped, factor, key, threshold);
            RowKernels<V, S>.Drop(padded, gradients, gradients, factor, key, threshold);
        }

        var sum = S.Zero;
        for (var j = 0; j < padded; j += S.Width)
        {
            sum = S.Fma(S.Load(weights + j), S.Load(gradients + j), sum);
        }

        var (mean, scale) = (S.Set(S.Sum(sum)), S.Set(1 / MathF.Sqrt(layout.HeadWidth)));
        for (var j = 0; j < padded; j += S.Width)
        {
            var centred = S.Multiply(S.Subtract(S.Load(gradients + j), mean), scale);
            S.Store(gradients + j, S.Multiply(S.Load(weights + j), centred));
        }
    }
}
