using System.Diagnostics;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Where the time of a step goes.</summary>
enum Part
{
    Embedding,
    Projections,
    Attention,
    FeedForward,
    LayerNorm,
    Loss,
    Optimizer,
    Planning,
}

/// <summary>The network over one chunk of sequences, packed end to end: R rows of W padded columns. One for each thread.</summary>
/// <remarks>It computes what <see cref="ReferenceNetwork"/> does, and keeps what backward needs.</remarks>
sealed unsafe partial class Network<V, S> : IDisposable
    where V : struct
    where S : struct, ISimd<V>
{
    readonly PaddedLayout layout;
    readonly SasRecConfig config;
    readonly int width;
    readonly int capacity;
    readonly Floats memory;
    readonly Floats attentionMemory;
    readonly Block[] blocks;
    readonly float* final;
    readonly float* finalMoments;
    readonly float* mask;
    readonly float* transposed;
    readonly float* droppedWeights;
    readonly float* weightGradients;
    readonly float* temporary1;
    readonly float* temporary2;
    readonly float* dq;
    readonly float* dk;
    readonly float* dv;

    /// <summary>Buffers for chunks of at most this many rows.</summary>
    /// <param name="layout">The layout of the weights.</param>
    /// <param name="rows">The most rows of a chunk.</param>
    /// <param name="longest">The longest sequence.</param>
    public Network(PaddedLayout layout, int rows, int longest)
    {
        (this.layout, config, width, capacity) = (layout, layout.Config, layout.Width, rows);
        var matrix = (long)rows * width;
        memory = new Floats(config.Blocks * (8 * matrix + 4L * rows) + 7 * matrix + 2L * rows + 64 + width);
        var next = memory.Pointer;
        blocks = new Block[config.Blocks];

        // Every row of the attention weights is as wide as its sequence, padded.
        var weights = (long)config.Heads * rows * AttentionStride(longest);
        var square = (long)longest * AttentionStride(longest);
        attentionMemory = new Floats(config.Blocks * weights + 2 * square + (long)layout.PaddedHeadWidth * AttentionStride(longest));
        var nextWeights = attentionMemory.Pointer;
        for (var b = 0; b < blocks.Length; b++)
        {
            blocks[b] = new Block(layout, b)
            {
                X = Take(matrix), N = Take(matrix), Q = Take(matrix), K = Take(matrix), V = Take(matrix), A = Take(matrix), M = Take(matrix),
                Inner = Take(matrix), AttentionMoments = Take(2L * rows), FeedMoments = Take(2L * rows), Weights = nextWeights,
            };
            nextWeights += weights;
        }

        droppedWeights = nextWeights;
        weightGradients = droppedWeights + square;
        transposed = weightGradients + square;
        final = Take(matrix);
        Hidden = Take(matrix);
        temporary1 = Take(matrix);
        temporary2 = Take(matrix);
        dq = Take(matrix);
        dk = Take(matrix);
        dv = Take(matrix);
        finalMoments = Take(2L * rows);
        mask = Take(width);
        for (var d = 0; d < config.Width; d++)
        {
            mask[layout.Column(d)] = 1;
        }

        float* Take(long length)
        {
            var taken = next;
            next += length;
            return taken;
        }
    }

    /// <summary>[R, W]: the output of the last forward pass.</summary>
    public float* Hidden { get; }

    /// <summary>Ticks by <see cref="Part"/>.</summary>
    public long[] Ticks { get; } = new long[Enum.GetValues<Part>().Length];

    public void Dispose()
    {
        memory.Dispose();
        attentionMemory.Dispose();
    }

    /// <summary>Fills <see cref="Hidden"/>.</summary>
    /// <param name="chunk">The sequences.</param>
    /// <param name="items">[any, W]: the item embeddings that the chunk's slots index.</param>
    /// <param name="dense">All other weights.</param>
    /// <param name="dropout">The rate and keys; null for none.</param>
    public void Forward(in ChunkInput chunk, float* items, float* dense, in Dropout dropout)
    {
        var mark = Stopwatch.GetTimestamp();
        Embed(chunk, items, dense, dropout, config.Blocks > 0 ? blocks[0].X : final);
        Lap(Part.Embedding, ref mark);
        var rows = chunk.Rows;
        for (var b = 0; b < blocks.Length; b++)
        {
            ref var block = ref blocks[b];
            var output = b + 1 < blocks.Length ? blocks[b + 1].X : final;
            LayerNorm(rows, block.X, dense, block.AttentionNorm, block.N, block.AttentionMoments);
            Lap(Part.LayerNorm, ref mark);
            Dense(rows, block.N, dense, block.Query, block.Q);
            Dense(rows, block.X, dense, block.Key, block.K);
            Dense(rows, block.X, dense, block.Value, block.V);
            Lap(Part.Projections, ref mark);
            Attention(chunk, block, b, dropout);
            Lap(Part.Attention, ref mark);
            LayerNorm(rows, block.A, dense, block.FeedNorm, block.M, block.FeedMoments);
            Lap(Part.LayerNorm, ref mark);
            Dense(rows, block.M, dense, block.FeedInner, block.Inner);
            ReluDrop(chunk, block.Inner, b, dropout);
            Dense(rows, block.Inner, dense, block.FeedOuter, output);
            ResidualDrop(chunk, block.M, output, b, dropout);
            Lap(Part.FeedForward, ref mark);
        }

        LayerNorm(rows, final, dense, layout.Offset(TensorNames.Scale(TensorNames.FinalNorm)), Hidden, finalMoments);
        Lap(Part.LayerNorm, ref mark);
    }

    void Embed(in ChunkInput chunk, float* items, float* dense, in Dropout dropout, float* x)
    {
        var scale = MathF.Sqrt(config.Width);
        var positions = dense + layout.Offset(TensorNames.PositionEmbedding);
        var factor = S.Set(scale);
        for (var s = 0; s < chunk.Sequences; s++)
        {
            var (start, length) = (chunk.Starts[s], chunk.Starts[s + 1] - chunk.Starts[s]);
            for (var t = 0; t < length; t++)
            {
                var row = x + (nint)(start + t) * width;
                var item = items + (nint)chunk.Slots[start + t] * width;
                var position = positions + (nint)(length - 1 - t) * width;
                for (var j = 0; j < width; j += S.Width)
                {
                    S.Store(row + j, S.Fma(S.Load(item + j), factor, S.Load(position + j)));
                }

                if (dropout.Threshold > 0)
                {
                    var key = dropout.RowKey(chunk.Keys[s], DropoutSite.Embedding, 0, t);
                    RowKernels<V, S>.Drop(width, row, row, dropout.Factor, key, dropout.Threshold);
                }
            }
        }
    }

    void ReluDrop(in ChunkInput chunk, float* x, int block, in Dropout dropout)
    {
        var factor = S.Set(dropout.Factor);
        for (var s = 0; s < chunk.Sequences; s++)
        {
            for (var row = chunk.Starts[s]; row < chunk.Starts[s + 1]; row++)
            {
                var values = x + (nint)row * width;
                var key = dropout.RowKey(chunk.Keys[s], DropoutSite.FeedInner, block, row - chunk.Starts[s]);
                for (var j = 0; j < width; j += S.Width)
                {
                    var value = S.Multiply(S.Max(S.Load(values + j), S.Zero), factor);
                    S.Store(values + j, dropout.Threshold > 0 ? S.WhereKept(value, key, j, dropout.Threshold) : value);
                }
            }
        }
    }

    void ResidualDrop(in ChunkInput chunk, float* residual, float* y, int block, in Dropout dropout)
    {
        var factor = S.Set(dropout.Factor);
        for (var s = 0; s < chunk.Sequences; s++)
        {
            for (var row = chunk.Starts[s]; row < chunk.Starts[s + 1]; row++)
            {
                var values = y + (nint)row * width;
                var rest = residual + (nint)row * width;
                var key = dropout.RowKey(chunk.Keys[s], DropoutSite.FeedOuter, block, row - chunk.Starts[s]);
                for (var j = 0; j < width; j += S.Width)
                {
                    var value = S.Multiply(S.Load(values + j), factor);
                    value = dropout.Threshold > 0 ? S.WhereKept(value, key, j, dropout.Threshold) : value;
                    S.Store(values + j, S.Add(value, S.Load(rest + j)));
                }
            }
        }
    }

    void LayerNorm(int rows, float* x, float* dense, int scale, float* y, float* moments) =>
        RowKernels<V, S>.LayerNorm(rows, width, config.Width, x, dense + scale, dense + scale + width, y, moments);

    /// <summary>y = x W + b; the bias lies behind the matrix.</summary>
    void Dense(int rows, float* x, float* dense, int weight, float* y) =>
        Gemm<V, S>.Run(rows, width, width, x, width, 1, dense + weight, width, dense + weight + (nint)width * width, 0, y, width);

    void Lap(Part part, ref long mark)
    {
        var now = Stopwatch.GetTimestamp();
        Ticks[(int)part] += now - mark;
        mark = now;
    }

    /// <summary>Rows of attention weights are an odd number of cache lines apart, so that columns do not share cache sets.</summary>
    static int AttentionStride(int length)
    {
        var padded = Lanes.Pad(length);
        return padded / Lanes.Multiple % 2 == 0 ? padded + Lanes.Multiple : padded;
    }

    /// <summary>A block's saved activations, and where its weights lie: scale then shift, matrix then bias.</summary>
    struct Block(PaddedLayout layout, int index)
    {
        public float* X;
        public float* N;
        public float* Q;
        public float* K;
        public float* V;
        public float* A;
        public float* M;
        public float* Inner;
        public float* AttentionMoments;
        public float* FeedMoments;

        /// <summary>For each sequence and head, [L, stride]: softmax before dropout.</summary>
        public float* Weights;

        public readonly int AttentionNorm = layout.Offset(TensorNames.Scale(TensorNames.Block(index).AttentionNorm));
        public readonly int Query = layout.Offset(TensorNames.Weight(TensorNames.Block(index).Query));
        public readonly int Key = layout.Offset(TensorNames.Weight(TensorNames.Block(index).Key));
        public readonly int Value = layout.Offset(TensorNames.Weight(TensorNames.Block(index).Value));
        public readonly int FeedNorm = layout.Offset(TensorNames.Scale(TensorNames.Block(index).FeedNorm));
        public readonly int FeedInner = layout.Offset(TensorNames.Weight(TensorNames.Block(index).FeedInner));
        public readonly int FeedOuter = layout.Offset(TensorNames.Weight(TensorNames.Block(index).FeedOuter));
    }
}

/// <summary>Sequences packed end to end.</summary>
/// <param name="sequences">How many.</param>
/// <param name="starts">[sequences + 1]: the first row of each; the last is the number of rows.</param>
/// <param name="slots">[rows]: the row of the item table of each input.</param>
/// <param name="keys">[sequences]: the dropout key of each.</param>
readonly unsafe struct ChunkInput(int sequences, int* starts, int* slots, ulong* keys)
{
    public readonly int Sequences = sequences;
    public readonly int* Starts = starts;
    public readonly int* Slots = slots;
    public readonly ulong* Keys = keys;

    public int Rows => Starts[Sequences];
}

/// <summary>A dropout rate as the kernels want it.</summary>
/// <param name="Rate">0 for none.</param>
readonly record struct Dropout(double Rate)
{
    public static Dropout None => new(0);

    public float Factor => (float)(1 / (1 - Rate));

    public uint Threshold => DropoutBits.Threshold(Rate);

    /// <summary>The key of one row of a sequence, at one site of one block.</summary>
    public uint RowKey(ulong sequenceKey, DropoutSite site, int block, int row) =>
        Threshold == 0 ? 0 : (uint)CounterRandom.Bits(sequenceKey, ((ulong)(block * 4 + (int)site) << 32) + (uint)row);
}
