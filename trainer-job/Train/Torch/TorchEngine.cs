using System.Runtime.InteropServices;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train.Cpu;
using static TorchSharp.torch;

namespace SasRec.Trainer.Train.Torch;

/// <summary>Trains with TorchSharp, on the GPU if there is one: the batches, negatives, network and losses of the CPU engine, and dense Adam.</summary>
/// <remarks>
/// Dropout alone is another: its bits are Torch's own, seeded anew for every step, so that a run that goes on from a checkpoint draws the
/// same. Weights, gradients and moments are each one flat tensor, laid out as <see cref="SasRecWeights.Values"/>.
/// </remarks>
sealed class TorchEngine : TrainingEngine
{
    readonly SasRecWeights shape;
    readonly TrainingOptions options;
    readonly BatchPlan plan;
    readonly Device device;
    readonly Tensor values;
    readonly Tensor gradients;
    readonly Tensor first;
    readonly Tensor second;
    readonly Tensor? logProbability;
    readonly Dictionary<string, Tensor> weights = [];
    readonly TorchNetwork network;
    readonly TorchLoss loss;

    public TorchEngine(SequenceDataset data, SasRecWeights initial, TrainingOptions options)
    {
        (shape, this.options) = (initial.Copy(), options);
        device = cuda.is_available() ? CUDA : CPU;
        var sampler = new NegativeSampler(data, options);
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        plan = new BatchPlan(data, options, sampler, initial.Config.MaxLength, threads);
        values = tensor(initial.Values, device: device);
        (gradients, first, second) = (zeros_like(values), zeros_like(values), zeros_like(values));
        foreach (var part in initial.Tensors)
        {
            var weight = values.narrow(0, part.Offset, part.Length).view(part.Rows, part.Columns).detach().requires_grad_();
            weight.grad = gradients.narrow(0, part.Offset, part.Length).view(part.Rows, part.Columns);
            weights.Add(part.Name, weight);
        }

        logProbability = options.Loss == RankingLoss.SampledSoftmax && sampler.LogProbability is { } log
            ? tensor(log, device: device)
            : null;
        network = new TorchNetwork(initial.Config, weights, options.Dropout);
        loss = new TorchLoss(options, initial.ItemCount, logProbability);
    }

    public override int Positions => plan.Positions;

    public override double Step(ReadOnlySpan<int> users)
    {
        StepCount++;
        plan.Build(users, CounterRandom.Bits(options.Seed, (ulong)StepCount));
        SeedDropout((long)(plan.DropoutKey >> 1));
        using var scope = NewDisposeScope();
        var batch = new TorchBatch(plan, options, device);
        var items = weights[TensorNames.ItemEmbedding].index_select(0, batch.Items);
        var mean = loss.Mean(batch, network.Forward(batch, items), items);
        gradients.zero_();
        mean.backward();
        Update();
        return mean.item<float>();
    }

    public override void Export(SasRecWeights weights) => Read(values, weights.Values);

    public override SasRecWeights Gradients()
    {
        var copy = shape.Copy();
        Read(gradients, copy.Values);
        return copy;
    }

    public override void Save(Stream stream)
    {
        var buffer = new float[values.NumberOfElements];
        foreach (var part in State)
        {
            Read(part, buffer);
            stream.Write(MemoryMarshal.AsBytes(buffer.AsSpan()));
        }
    }

    public override void Restore(Stream stream)
    {
        var buffer = new float[values.NumberOfElements];
        foreach (var part in State)
        {
            stream.ReadExactly(MemoryMarshal.AsBytes(buffer.AsSpan()));
            using var read = tensor(buffer);
            part.copy_(read);
        }
    }

    public override void Dispose()
    {
        foreach (var owned in weights.Values.Concat([values, gradients, first, second]))
        {
            owned.Dispose();
        }

        logProbability?.Dispose();
    }

    Tensor[] State => [values, first, second];

    // torch.manual_seed seeds the generator of the CPU alone.
    void SeedDropout(long seed)
    {
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.manual_seed(seed);
        }
        else
        {
            manual_seed(seed);
        }
    }

    /// <summary>Adam (Kingma and Ba, 2015).</summary>
    void Update()
    {
        using var _ = no_grad();
        first.mul_(options.Beta1).add_(gradients, 1 - options.Beta1);
        second.mul_(options.Beta2).addcmul_(gradients, gradients, 1 - options.Beta2);
        var root = (second / (1 - Math.Pow(options.Beta2, StepCount))).sqrt_().add_(options.Epsilon);
        values.addcdiv_(first, root, -options.LearningRate / (1 - Math.Pow(options.Beta1, StepCount)));
    }

    static void Read(Tensor source, float[] target)
    {
        using var here = source.cpu();
        here.data<float>().CopyTo(target);
    }
}
