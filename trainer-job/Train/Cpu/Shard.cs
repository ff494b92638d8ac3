using System.Diagnostics;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>One thread's share of a step: chunks through network and loss, gradients added up in its own buffers.</summary>
sealed unsafe class Shard<V, S> : IDisposable
    where V : struct
    where S : struct, ISimd<V>
{
    readonly Network<V, S> network;
    readonly TrainingOptions options;
    readonly NegativeSampler sampler;
    readonly Floats itemGradients;
    readonly Floats denseGradients;
    readonly Floats memory;
    readonly float* hiddenGradients;
    readonly float* negatives;
    readonly float* negativesTransposed;
    readonly float* negativeGradients;
    readonly float* scores;
    readonly float* scratch;
    readonly float* logProbability;
    readonly int width;
    readonly int padded;
    readonly int stride;
    readonly float beta;
    readonly int[] starts;
    readonly ulong[] keys;

    public Shard(PaddedLayout layout, TrainingOptions options, NegativeSampler sampler, BatchPlan plan, int items)
    {
        (this.options, this.sampler, width, padded) = (options, sampler, layout.Width, plan.PaddedNegatives);
        var rows = plan.MaxChunkPositions;
        network = new Network<V, S>(layout, rows, Math.Min(rows, layout.Config.MaxLength));
        itemGradients = new Floats((long)plan.Items.Length * width);
        denseGradients = new Floats(layout.DenseLength);

        // An odd number of cache lines, so that a column's elements do not share cache sets.
        stride = padded / Lanes.Multiple % 2 == 0 ? padded + Lanes.Multiple : padded;
        memory = new Floats((long)rows * width + 2L * padded * width + (long)width * stride + (long)rows * stride + 2L * stride);
        hiddenGradients = memory.Pointer;
        negatives = hiddenGradients + (long)rows * width;
        negativeGradients = negatives + (long)padded * width;
        negativesTransposed = negativeGradients + (long)padded * width;
        scores = negativesTransposed + (long)width * stride;
        scratch = scores + (long)rows * stride;
        logProbability = scratch + stride;
        beta = (float)RankingLossReference.GeneralizedBeta(options.Negatives, items, options.Calibration);
        starts = GC.AllocateArray<int>(plan.Sequences.Length + 1, pinned: true);
        keys = GC.AllocateArray<ulong>(plan.Sequences.Length, pinned: true);
    }

    /// <summary>[slots, W]: the gradients of the items of the batch.</summary>
    public float* ItemGradients => itemGradients.Pointer;

    /// <summary>The gradients of all other weights.</summary>
    public float* DenseGradients => denseGradients.Pointer;

    /// <summary>The sum of the losses of this shard's positions.</summary>
    public double Loss { get; private set; }

    public long[] Ticks => network.Ticks;

    public void Dispose()
    {
        network.Dispose();
        itemGradients.Dispose();
        denseGradients.Dispose();
        memory.Dispose();
    }

    /// <summary>Sets the gradients to those of this shard's positions, for the mean loss over the batch.</summary>
    /// <param name="plan">The batch.</param>
    /// <param name="shard">Which share.</param>
    /// <param name="items">[slots, W].</param>
    /// <param name="dense">All other weights.</param>
    /// <param name="denseTransposed">The same, matrices transposed.</param>
    public void Run(BatchPlan plan, int shard, float* items, float* dense, float* denseTransposed)
    {
        new Span<float>(ItemGradients, plan.SlotCount * width).Clear();
        new Span<float>(DenseGradients, (int)denseGradients.Length).Clear();
        Loss = 0;
        var dropout = new Dropout(options.Dropout);
        fixed (int* inputs = plan.Inputs, firstStart = starts)
        fixed (ulong* firstKey = keys)
        {
            for (var c = plan.ShardChunks[shard]; c < plan.ShardChunks[shard + 1]; c++)
            {
                var chunk = plan.Chunks[c];
                for (var s = 0; s < chunk.Sequences; s++)
                {
                    var sequence = plan.Sequences[chunk.FirstSequence + s];
                    starts[s] = sequence.First - chunk.FirstPosition;
                    keys[s] = CounterRandom.Bits(plan.DropoutKey, (ulong)sequence.User);
                }

                starts[chunk.Sequences] = chunk.Positions;
                var input = new ChunkInput(chunk.Sequences, firstStart, inputs + chunk.FirstPosition, firstKey);
                network.Forward(input, items, dense, dropout);
                var mark = Stopwatch.GetTimestamp();
                ChunkLoss(plan, c, items);
                Ticks[(int)Part.Loss] += Stopwatch.GetTimestamp() - mark;
                network.Backward(input, dense, denseTransposed, dropout, hiddenGradients, ItemGradients, DenseGradients);
            }
        }
    }

    void ChunkLoss(BatchPlan plan, int c, float* items)
    {
        var chunk = plan.Chunks[c];
        if (options.Sharing is NegativeSharing.Chunk or NegativeSharing.Batch)
        {
            GroupLoss(plan, plan.NegativesOf(c, 0, 0), chunk.FirstPosition, chunk.Positions, chunk.FirstPosition, items);
            return;
        }

        for (var s = chunk.FirstSequence; s < chunk.FirstSequence + chunk.Sequences; s++)
        {
            var sequence = plan.Sequences[s];
            if (options.Sharing == NegativeSharing.Sequence)
            {
                GroupLoss(plan, plan.NegativesOf(c, s, 0), sequence.First, sequence.Length, chunk.FirstPosition, items);
                continue;
            }

            for (var t = 0; t < sequence.Length; t++)
            {
                GroupLoss(plan, plan.NegativesOf(c, s, sequence.First + t), sequence.First + t, 1, chunk.FirstPosition, items);
            }
        }
    }

    /// <summary>Loss and gradients of consecutive positions that share their negatives.</summary>
    void GroupLoss(BatchPlan plan, int firstNegative, int firstPosition, int count, int chunkPosition, float* items)
    {
        var slots = plan.Negatives.AsSpan(firstNegative, options.Negatives);
        var offset = (nint)(firstPosition - chunkPosition) * width;
        var hidden = network.Hidden + offset;
        var gradients = hiddenGradients + offset;
        Gather(slots, plan, items);
        Gemm<V, S>.Run(count, padded, width, hidden, width, 1, negativesTransposed, stride, null, 0, scores, stride);
        var scale = 1f / plan.Positions;
        for (var i = 0; i < count; i++)
        {
            var target = plan.Targets[firstPosition + i];
            var row = scores + (nint)i * stride;
            var state = hidden + (nint)i * width;
            var gradient = gradients + (nint)i * width;
            var embedding = items + (nint)target * width;
            var positive = RowKernels<V, S>.Dot(width, state, embedding);
            var taking = Prepare(row, slots, target);
            if (options.Loss == RankingLoss.SampledSoftmax && sampler.LogProbability is { } log)
            {
                positive -= log[plan.Items[target]];
                for (var j = 0; j < slots.Length; j++)
                {
                    row[j] -= logProbability[j];
                }
            }

            var positiveGradient = 0f;
            if (taking > 0)
            {
                var weight = plan.Weights is { } weights ? weights[firstPosition + i] : 1;
                Loss += weight * LossKernels<V, S>.Run(
                    options.Loss, positive, row, padded, taking, beta, scale * weight, scratch, out positiveGradient);
            }
            else
            {
                new Span<float>(row, padded).Clear();
            }

            new Span<float>(gradient, width).Clear();
            RowKernels<V, S>.AddScaled(width, positiveGradient, embedding, gradient);
            RowKernels<V, S>.AddScaled(width, positiveGradient, state, ItemGradients + (nint)target * width);
        }

        Gemm<V, S>.Run(count, width, padded, scores, stride, 1, negatives, width, gradients, width, gradients, width);
        Gemm<V, S>.Run(padded, width, count, scores, 1, stride, hidden, width, null, 0, negativeGradients, width);
        for (var j = 0; j < slots.Length; j++)
        {
            RowKernels<V, S>.AddScaled(width, 1, negativeGradients + (nint)j * width, ItemGradients + (nint)slots[j] * width);
        }
    }

    void Gather(ReadOnlySpan<int> slots, BatchPlan plan, float* items)
    {
        for (var j = 0; j < slots.Length; j++)
        {
            var source = items + (nint)slots[j] * width;
            var target = negatives + (nint)j * width;
            for (var d = 0; d < width; d += S.Width)
            {
                S.Store(target + d, S.Load(source + d));
            }
        }

        if (options.Loss == RankingLoss.SampledSoftmax && sampler.LogProbability is { } log)
        {
            for (var j = 0; j < slots.Length; j++)
            {
                logProbability[j] = log[plan.Items[slots[j]]];
            }
        }

        Gemm<V, S>.Transpose(negatives, width, padded, width, negativesTransposed, stride);
    }

    /// <summary>Takes out the padding, and negatives that are the target; says how many are left.</summary>
    int Prepare(float* row, ReadOnlySpan<int> slots, int target)
    {
        for (var j = slots.Length; j < padded; j++)
        {
            row[j] = LossKernels<V, S>.Excluded;
        }

        var taking = slots.Length;
        for (var j = slots.IndexOf(target); j >= 0;)
        {
            row[j] = LossKernels<V, S>.Excluded;
            taking--;
            var next = slots[(j + 1)..].IndexOf(target);
            j = next < 0 ? -1 : j + 1 + next;
        }

        return taking;
    }
}
