using System.Runtime.InteropServices;
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

    public void Save(Stream stream) => Transfer(bytes => stream.Write(bytes));

    public void Restore(Stream stream) => Transfer(stream.ReadExactly);

    public void Dispose()
    {
        foreach (var floats in All)
        {
            floats.Dispose();
        }
    }

    unsafe void Transfer(Bytes transfer)
    {
        const int Part = 1 << 20;
        foreach (var floats in All)
        {
            for (long i = 0; i < floats.Length; i += Part)
            {
                transfer(new Span<byte>(floats.Pointer + i, (int)Math.Min(Part, floats.Length - i) * sizeof(float)));
            }
        }

        transfer(MemoryMarshal.AsBytes(LastTouched.AsSpan()));
    }

    delegate void Bytes(Span<byte> bytes);
}

/// <summary>Trains on the CPU, a step at a time, on a fixed crew of threads.</summary>
abstract class CpuEngine : TrainingEngine
{
    /// <summary>The engine for the widest vectors of this machine.</summary>
    public static CpuEngine Create(SequenceDataset data, SasRecWeights initial, TrainingOptions options) =>
        Vector512.IsHardwareAccelerated ? new CpuEngine<Vector512<float>, Simd512>(data, initial, options)
        : Vector256.IsHardwareAccelerated ? new CpuEngine<Vector256<float>, Simd256>(data, initial, options)
        : new CpuEngine<Vector128<float>, Simd128>(data, initial, options);

    public abstract EngineState State { get; }

    public override void Save(Stream stream) => State.Save(stream);

    public override void Restore(Stream stream) => State.Restore(stream);

    /// <summary>Seconds by <see cref="Part"/>, summed over threads.</summary>
    public abstract double[] PartSeconds();
}
