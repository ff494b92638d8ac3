using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Train.Cpu;

/// <inheritdoc/>
sealed unsafe class CpuEngine<V, S> : CpuEngine
    where V : struct
    where S : struct, ISimd<V>
{
    /// <summary>How many rows ahead of their use are asked for: enough to hide main memory, few enough to stay in the first-level cache.</summary>
    const int Ahead = 6;

    readonly SasRecWeights shape;
    readonly PaddedLayout layout;
    readonly TrainingOptions options;
    readonly BatchPlan plan;
    readonly Adam adam;
    readonly WorkerPool pool;
    readonly Shard<V, S>[] shards;
    readonly Floats batchItems;
    readonly Floats denseTransposed;
    readonly int width;
    readonly Action<int> fetch;
    readonly Action<int> compute;
    readonly Action<int> update;
    readonly long[] planningTicks = new long[1];
    readonly long[] optimizerTicks;

    public CpuEngine(SequenceDataset data, SasRecWeights initial, TrainingOptions options)
    {
        (shape, this.options) = (new SasRecWeights(initial.Config, 1), options);
        layout = new PaddedLayout(initial);
        width = layout.Width;
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var sampler = new NegativeSampler(data, options);
        plan = new BatchPlan(data, options, sampler, layout.Config.MaxLength, threads);
        adam = new Adam(options);
        var table = (long)initial.ItemCount * width;
        State = new EngineState(
            new Floats(table), new Floats(table), new Floats(table), new Floats(layout.DenseLength), new Floats(layout.DenseLength),
            new Floats(layout.DenseLength), new long[initial.ItemCount]);
        layout.Import(initial, State.Items.Pointer, State.Dense.Pointer);
        batchItems = new Floats((long)plan.Items.Length * width);
        denseTransposed = new Floats(layout.DenseLength);
        pool = new WorkerPool(threads);
        shards = new Shard<V, S>[threads];
        for (var i = 0; i < threads; i++)
        {
            shards[i] = new Shard<V, S>(layout, options, sampler, plan, initial.ItemCount);
        }

        optimizerTicks = new long[threads];
        (fetch, compute, update) = (Fetch, Compute, Update);
    }

    public override int Positions => plan.Positions;

    public override EngineState State { get; }

    public override double Step(ReadOnlySpan<int> users)
    {
        StepCount++;
        var mark = Stopwatch.GetTimestamp();
        plan.Build(users, CounterRandom.Bits(options.Seed, (ulong)StepCount));
        adam.Begin(StepCount);
        planningTicks[0] += Stopwatch.GetTimestamp() - mark;
        pool.Run(fetch);
        pool.Run(compute);
        pool.Run(update);
        double loss = 0;
        foreach (var shard in shards)
        {
            loss += shard.Loss;
        }

        return loss / plan.Positions;
    }

    public override void Export(SasRecWeights weights)
    {
        adam.Begin(StepCount + 1);
        for (var item = 0; item < weights.ItemCount; item++)
        {
            CatchUp(item, StepCount);
        }

        layout.Export(State.Items.Pointer, State.Dense.Pointer, weights);
    }

    public override SasRecWeights Gradients()
    {
        var gradients = new SasRecWeights(layout.Config, State.LastTouched.Length);
        using var items = new Floats(State.Items.Length);
        for (var slot = 0; slot < plan.SlotCount; slot++)
        {
            RowKernels<V, S>.AddScaled(width, 1, shards[0].ItemGradients + (nint)slot * width, items.Pointer + (nint)plan.Items[slot] * width);
        }

        layout.Export(items.Pointer, shards[0].DenseGradients, gradients);
        return gradients;
    }

    public override double[] PartSeconds()
    {
        var seconds = new double[Enum.GetValues<Part>().Length];
        foreach (var shard in shards)
        {
            for (var part = 0; part < seconds.Length; part++)
            {
                seconds[part] += shard.Ticks[part] / (double)Stopwatch.Frequency;
            }
        }

        seconds[(int)Part.Planning] = planningTicks[0] / (double)Stopwatch.Frequency;
        seconds[(int)Part.Optimizer] = optimizerTicks.Sum() / (double)Stopwatch.Frequency;
        return seconds;
    }

    public override void Dispose()
    {
        pool.Dispose();
        foreach (var shard in shards)
        {
            shard.Dispose();
        }

        State.Dispose();
        batchItems.Dispose();
        denseTransposed.Dispose();
    }

    /// <summary>Brings the batch's rows up to date and copies them next to each other; transposes the matrices.</summary>
    void Fetch(int thread)
    {
        var mark = Stopwatch.GetTimestamp();
        var (from, to) = Share(plan.SlotCount, thread);
        for (var slot = from; slot < to; slot++)
        {
            var item = plan.Items[slot];
            Prefetch(Math.Min(slot + Ahead, to - 1));
            CatchUp(item, StepCount - 1);
            var source = State.Items.Pointer + (nint)item * width;
            var target = batchItems.Pointer + (nint)slot * width;
            for (var j = 0; j < width; j += S.Width)
            {
                S.Store(target + j, S.Load(source + j));
            }
        }

        if (thread == pool.Threads - 1)
        {
            foreach (var tensor in shape.Tensors)
            {
                if (tensor.Name.EndsWith(".weight", StringComparison.Ordinal))
                {
                    var offset = layout.Offset(tensor.Name);
                    Gemm<V, S>.Transpose(State.Dense.Pointer + offset, width, width, width, denseTransposed.Pointer + offset, width);
                }
            }
        }

        optimizerTicks[thread] += Stopwatch.GetTimestamp() - mark;
    }

    void Compute(int thread) => shards[thread].Run(plan, thread, batchItems.Pointer, State.Dense.Pointer, denseTransposed.Pointer);

    /// <summary>Adds the shards' gradients, always in the same order, and moves the weights.</summary>
    void Update(int thread)
    {
        var mark = Stopwatch.GetTimestamp();
        var (from, to) = Share(plan.SlotCount, thread);
        for (var slot = from; slot < to; slot++)
        {
            var item = plan.Items[slot];
            Prefetch(Math.Min(slot + Ahead, to - 1));
            var offset = (nint)item * width;
            var gradient = Total(slot * width, width, items: true);
            adam.Update<V, S>(
                width, gradient, State.Items.Pointer + offset, State.ItemFirst.Pointer + offset, State.ItemSecond.Pointer + offset);
            State.LastTouched[item] = StepCount;
        }

        var (first, last) = Share(layout.DenseLength / Lanes.Multiple, thread);
        var (start, length) = (first * Lanes.Multiple, (last - first) * Lanes.Multiple);
        adam.Update<V, S>(
            length, Total(start, length, items: false), State.Dense.Pointer + start, State.DenseFirst.Pointer + start,
            State.DenseSecond.Pointer + start);
        optimizerTicks[thread] += Stopwatch.GetTimestamp() - mark;
    }

    /// <summary>Asks for the rows of a slot that will soon be needed: they lie anywhere in the tables, where no hardware foresees them.</summary>
    void Prefetch(int slot)
    {
        if (Sse.IsSupported)
        {
            var offset = (nint)plan.Items[slot] * width;
            for (var j = 0; j < width; j += Lanes.Multiple)
            {
                Sse.Prefetch0(State.Items.Pointer + offset + j);
                Sse.Prefetch0(State.ItemFirst.Pointer + offset + j);
                Sse.Prefetch0(State.ItemSecond.Pointer + offset + j);
            }
        }
    }

    /// <summary>The sum over the shards, left in the first one's buffer.</summary>
    float* Total(int start, int length, bool items)
    {
        var total = (items ? shards[0].ItemGradients : shards[0].DenseGradients) + start;
        for (var s = 1; s < shards.Length; s++)
        {
            var part = (items ? shards[s].ItemGradients : shards[s].DenseGradients) + start;
            RowKernels<V, S>.AddScaled(length, 1, part, total);
        }

        return total;
    }

    void CatchUp(int item, long step)
    {
        var last = State.LastTouched[item];
        if (last > 0 && last < step)
        {
            var offset = (nint)item * width;
            adam.CatchUp<V, S>(
                width, step - last, State.Items.Pointer + offset, State.ItemFirst.Pointer + offset, State.ItemSecond.Pointer + offset);
            State.LastTouched[item] = step;
        }
    }

    (int From, int To) Share(int count, int thread) =>
        ((int)((long)count * thread / pool.Threads), (int)((long)count * (thread + 1) / pool.Threads));
}
