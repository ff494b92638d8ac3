using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;
using SasRec.Trainer.Train.Torch;

namespace SasRec.Trainer.Fit;

/// <summary>Chooses and creates the engine that trains.</summary>
static class Engines
{
    /// <summary>Why Torch cannot be used here and what to do; null if it can.</summary>
    public static string? TorchProblem => TorchLibrary.Problem;

    /// <summary>The engine that is meant: never <see cref="EngineKind.Auto"/>.</summary>
    public static EngineKind Resolve(EngineKind asked) =>
        asked != EngineKind.Auto ? asked
        : TorchLibrary.HasGpu ? EngineKind.Torch
        : EngineKind.Cpu;

    /// <summary>An engine at its first step.</summary>
    /// <exception cref="InvalidOperationException">Torch is asked for and cannot be used here.</exception>
    public static TrainingEngine Create(SequenceDataset data, SasRecWeights initial, TrainingOptions options) =>
        Resolve(options.Engine) == EngineKind.Cpu ? CpuEngine.Create(data, initial, options)
        : TorchProblem is { } problem ? throw new InvalidOperationException(problem)
        : new TorchEngine(data, initial, options);
}
