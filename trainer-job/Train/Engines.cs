using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Train;

/// <summary>What trains the network.</summary>
public enum EngineKind
{
    /// <summary>Torch where it is and has a GPU, else the CPU engine.</summary>
    Auto,

    /// <summary>The vectorised kernels of this project.</summary>
    Cpu,

    /// <summary>TorchSharp: on the GPU if there is one.</summary>
    Torch,
}

/// <summary>Makes engines. A build without TorchSharp has no implementation of <see cref="FindTorch"/>, and so no Torch.</summary>
static partial class Engines
{
    static readonly Lazy<TorchSupport?> Torch = new(() =>
    {
        TorchSupport? found = null;
        FindTorch(ref found);
        return found;
    });

    /// <summary>Why Torch cannot be used here and what to do; null if it can.</summary>
    public static string? TorchProblem => Torch.Value switch
    {
        null => "This build is without the Torch engine: build with -p:Feed=official -p:Hardware=gpu-t4, or use --engine cpu.",
        { Loads: false } => "libtorch is not here: build with -p:Hardware=gpu-t4, which brings it, or use --engine cpu.",
        _ => null,
    };

    /// <summary>The engine that is meant: never <see cref="EngineKind.Auto"/>.</summary>
    public static EngineKind Resolve(EngineKind asked) =>
        asked != EngineKind.Auto ? asked
        : Torch.Value is { HasGpu: true } ? EngineKind.Torch
        : EngineKind.Cpu;

    /// <summary>An engine at its first step.</summary>
    /// <exception cref="InvalidOperationException">Torch is asked for and cannot be used here.</exception>
    public static TrainingEngine Create(SequenceDataset data, SasRecWeights initial, TrainingOptions options) =>
        Resolve(options.Engine) == EngineKind.Cpu ? CpuEngine.Create(data, initial, options)
        : TorchProblem is { } problem ? throw new InvalidOperationException(problem)
        : Torch.Value!.Create(data, initial, options);

    static partial void FindTorch(ref TorchSupport? found);

    /// <summary>Torch, in a build that has it.</summary>
    /// <param name="Loads">Whether libtorch is there and loads.</param>
    /// <param name="HasGpu">Whether it has a GPU to work on.</param>
    /// <param name="Create">Makes its engine.</param>
    sealed record TorchSupport(bool Loads, bool HasGpu, Func<SequenceDataset, SasRecWeights, TrainingOptions, TrainingEngine> Create);
}
