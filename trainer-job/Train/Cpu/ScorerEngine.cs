using System.Numerics.Tensors;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>The work behind <see cref="SasRecScorer"/>.</summary>
abstract class ScorerEngine : IDisposable
{
    public abstract void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores);

    public abstract void Rank(
        IReadOnlyList<ReadOnlyMemory<int>> histories, ReadOnlyMemory<int> targets, Memory<double> ranks, bool leaveOutHistory);

    public abstract void Dispose();
}

/// <inheritdoc/>
sealed unsafe class ScorerEngine<V, S> : ScorerEngine
    where V : struct
    where S : struct, ISimd<V>
{
    /// <summary>How many histories share a pass over the item table.</summary>
    const int Group = 64;

    /// <summary>Items that are scored at a time: their transposed embeddings fit the first-level cache at common widths.</summary>
    const int Panel = 64;

    readonly PaddedLayout layout;
    readonly int items;
    readonly Floats table;
    readonly Floats dense;
    readonly float[]? bias;
    readonly WorkerPool pool;
    readonly Worker[] workers;
    int next;

    public ScorerEngine(SasRecWeights weights, int threads)
    {
        layout = new PaddedLayout(weights);
        items = weights.ItemCount;
        bias = weights.ItemBias;

        // Whole panels: the rows behind the last item are zero.
        table = new Floats((long)(items + Panel) * layout.Width);
        dense = new Floats(layout.DenseLength);
        layout.Import(weights, table.Pointer, dense.Pointer);
        pool = new WorkerPool(threads);
        workers = [.. Enumerable.Range(0, threads).Select(_ => new Worker(this))];
    }

    public override void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores) =>
        ForEachGroup(histories.Count, (worker, first, count) =>
        {
            worker.Encode(histories, first, count);
            worker.ForEachPanel(count, (panel, columns) =>
            {
                for (var h = 0; h < count; h++)
                {
                    var row = scores.Span.Slice(checked((int)((long)(first + h) * items)) + panel, columns);
                    new Span<float>(worker.Scores + (nint)h * Panel, columns).CopyTo(row);
                }
            });
        });

    public override void Rank(
        IReadOnlyList<ReadOnlyMemory<int>> histories, ReadOnlyMemory<int> targets, Memory<double> ranks, bool leaveOutHistory) =>
        ForEachGroup(histories.Count, (worker, first, count) =>
        {
            worker.Encode(histories, first, count);
            var ranked = ranks.Span.Slice(first, count);
            for (var h = 0; h < count; h++)
            {
                worker.TargetScores[h] = worker.ScoreOf(h, targets.Span[first + h]);
                var inHistory = leaveOutHistory ? worker.CountInHistory(h, targets.Span[first + h], histories[first + h].Span) : 0;
                ranked[h] = (1 - inHistory) / 2.0;
            }

            worker.ForEachPanel(count, (panel, columns) =>
            {
                for (var h = 0; h < count; h++)
                {
                    // 1 + those above + half of the others with the same score = (1 + those at least as high + those above) / 2, where the
                    // target is at least as high as itself.
                    ranks.Span[first + h] += Count(worker.Scores + (nint)h * Panel, columns, worker.TargetScores[h]) / 2.0;
                }
            });
        });

    public override void Dispose()
    {
        pool.Dispose();
        foreach (var worker in workers)
        {
            worker.Dispose();
        }

        table.Dispose();
        dense.Dispose();
    }

    /// <summary>How many scores are at least as high as one, and how many are above it, added up.</summary>
    static int Count(float* scores, int count, float one)
    {
        // Behind the last item a panel is filled up with scores that are not to be counted.
        for (var j = count; j < Panel; j++)
        {
            scores[j] = float.NegativeInfinity;
        }

        // What is above a float is at least as high as the next one.
        var (total, same, above) = (0, S.Set(one), S.Set(MathF.BitIncrement(one)));
        for (var j = 0; j < Panel; j += S.Width)
        {
            var vector = S.Load(scores + j);
            total += S.CountAtLeast(vector, same) + S.CountAtLeast(vector, above);
        }

        return total;
    }

    void ForEachGroup(int count, Action<Worker, int, int> work)
    {
        next = 0;
        pool.Run(thread =>
        {
            for (var first = Interlocked.Add(ref next, Group) - Group; first < count; first = Interlocked.Add(ref next, Group) - Group)
            {
                work(workers[thread], first, Math.Min(Group, count - first));
            }
        });
    }

    /// <summary>One thread's buffers.</summary>
    sealed class Worker : IDisposable
    {
        readonly ScorerEngine<V, S> owner;
        readonly int width;
        readonly Network<V, S> network;
        readonly Floats memory;
        readonly float* states;
        readonly float* panelColumns;
        readonly int[] starts = GC.AllocateArray<int>(2, pinned: true);
        readonly int[] slots;
        readonly ulong[] keys = GC.AllocateArray<ulong>(1, pinned: true);
        readonly int[] seenBy;
        int historyNumber;

        public Worker(ScorerEngine<V, S> owner)
        {
            (this.owner, width) = (owner, owner.layout.Width);
            var length = owner.layout.Config.MaxLength;
            network = new Network<V, S>(owner.layout, length, length);
            memory = new Floats((long)Group * width + (long)width * Panel + Group * Panel);
            states = memory.Pointer;
            panelColumns = states + (long)Group * width;
            Scores = panelColumns + (long)width * Panel;
            slots = GC.AllocateArray<int>(length, pinned: true);
            seenBy = new int[owner.items];
        }

        /// <summary>[Group, Panel].</summary>
        public float* Scores { get; }

        public float[] TargetScores { get; } = new float[Group];

        public void Dispose()
        {
            network.Dispose();
            memory.Dispose();
        }

        /// <summary>The last hidden state of each history.</summary>
        public void Encode(IReadOnlyList<ReadOnlyMemory<int>> histories, int first, int count)
        {
            fixed (int* start = starts, slot = slots)
            fixed (ulong* key = keys)
            {
                for (var h = 0; h < count; h++)
                {
                    var history = histories[first + h].Span;
                    history = history[Math.Max(0, history.Length - slots.Length)..];
                    history.CopyTo(slots);
                    starts[1] = history.Length;
                    network.Forward(new ChunkInput(1, start, slot, key), owner.table.Pointer, owner.dense.Pointer, Dropout.None);
                    Buffer.MemoryCopy(
                        network.Hidden + (nint)(history.Length - 1) * width, states + (nint)h * width, width * sizeof(float), width * sizeof(float));
                }
            }
        }

        /// <summary>Fills <see cref="Scores"/> for 64 items at a time and calls with the first item and how many there are.</summary>
        public void ForEachPanel(int count, Action<int, int> use)
        {
            for (var panel = 0; panel < owner.items; panel += Panel)
            {
                Gemm<V, S>.Transpose(owner.table.Pointer + (nint)panel * width, width, Panel, width, panelColumns, Panel);
                Gemm<V, S>.Run(count, Panel, width, states, width, 1, panelColumns, Panel, null, 0, Scores, Panel);
                var columns = Math.Min(Panel, owner.items - panel);
                for (var h = 0; h < count && owner.bias is not null; h++)
                {
                    var row = new Span<float>(Scores + (nint)h * Panel, columns);
                    TensorPrimitives.Add(row, owner.bias.AsSpan(panel, columns), row);
                }

                use(panel, columns);
            }
        }

        /// <summary>One score, bit for bit as the panels have it: fused products in the same order.</summary>
        public float ScoreOf(int h, int item)
        {
            var state = states + (nint)h * width;
            var embedding = owner.table.Pointer + (nint)item * width;
            var score = 0f;
            for (var d = 0; d < width; d++)
            {
                score = MathF.FusedMultiplyAdd(state[d], embedding[d], score);
            }

            return owner.bias is null ? score : score + owner.bias[item];
        }

        /// <summary>How many different items of the history, the target apart, score at least as high as the target, and how many above it,
        /// added up.</summary>
        public int CountInHistory(int h, int target, ReadOnlySpan<int> history)
        {
            historyNumber++;
            seenBy[target] = historyNumber;
            var count = 0;
            foreach (var item in history)
            {
                if (seenBy[item] != historyNumber)
                {
                    seenBy[item] = historyNumber;
                    var score = ScoreOf(h, item);
                    count += (score >= TargetScores[h] ? 1 : 0) + (score > TargetScores[h] ? 1 : 0);
                }
            }

            return count;
        }
    }
}
