namespace SasRec.Trainer.Train;

/// <summary>What trains the network.</summary>
public enum EngineKind
{
    /// <summary>Torch if it finds a GPU, else the CPU engine.</summary>
    Auto,

    /// <summary>The vectorised kernels of this project.</summary>
    Cpu,

    /// <summary>TorchSharp: on the GPU if there is one.</summary>
    Torch,
}
