using System.Runtime.Intrinsics;
using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>What a run has learnt so far, all that a checkpoint needs: in the engine's padded layout.</summary>
/// <param name="Items">[V, W].</param>
/// <param name="ItemFirst">[V, W]: Adam's first moments.</param>
/// <param name="ItemSecond">[V, W]: its second moments.</param>
/// <param name="Dense">All other weights.</param>
/// <param name="DenseFirst">Their first moments.</param>
/// <param name="DenseSecond">Their second moments.</param>
/// <param name="LastTouched">[V]: the step that last moved each row.</param>
sealed record EngineState(
    Floats Items, Floats ItemFirst, Floats ItemSecond, Floats Dense, Floats DenseFirst, Floats DenseSecond, long[] LastTouched) : IDisposable
{
    public IEnumerable<Floats> All => [Items, ItemFirst, ItemSecond, Dense, DenseFirst, DenseSecond];

    public void Dispose()
    {
        foreach (var floats in All)
        {
            floats.Dispose();
        }
    }
}

/// <summary>Trains on the CPU, a step at a time, on a fixed crew of threads.</summary>
abstract class CpuEngine : IDisposable
{
    /// <summary>The engine for the widest vectors of this machine.</summary>
    public static CpuEngine Create(SequenceDataset data, SasRecWeights initial, TrainingOptions options) =>
        Vector512.IsHardwareAccelerated ? new CpuEngine<Vector512<float>, Simd512>(data, initial, options)
        : Vector256.IsHardwareAccelerated ? new CpuEngine<Vector256<float>, Simd256>(data, initial, options)
        : new CpuEngine<Vector128<float>, Simd128>(data, initial, options);

    /// <summary>Steps taken.</summary>
    public long StepCount { get; set; }

    /// <summary>Positions of the last step.</summary>
    public abstract int Positions { get; }

    public abstract EngineState State { get; }

    /// <summary>Takes one step and returns the mean loss of a position.</summary>
    /// <param name="users">Whose sequences; each has at least two interactions.</param>
    public abstract double Step(ReadOnlySpan<int> users);

    /// <summary>Copies the weights out, after every row has made the moves it missed.</summary>
    public abstract void Export(SasRecWeights weights);

    /// <summary>Seconds by <see cref="Part"/>, summed over threads.</summary>
    public abstract double[] PartSeconds();

    /// <summary>The gradients of the last step, laid out as weights are; for tests.</summary>
    public abstract SasRecWeights Gradients();

    public abstract void Dispose();
}
