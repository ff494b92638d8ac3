using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SasRec.Trainer.Train.Torch;

/// <summary>Whether libtorch, the native library behind TorchSharp, can be used in this process.</summary>
static class TorchLibrary
{
    // TorchSharp writes to stdout when libtorch is missing, so it is asked only when its library and all that it needs load.
    static readonly Lazy<string?> LoadProblem = new(() =>
    {
        try
        {
            NativeLibrary.Load("LibTorchSharp", typeof(TorchSharp.torch).Assembly, null);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            return $"libtorch cannot be loaded: {Reason(e.Message)} Build with -p:Hardware=gpu-t4, which adds it, or use --engine cpu.";
        }
    });

    static readonly Lazy<bool> Gpu = new(() => Problem is null && cuda.is_available());

    /// <summary>Why libtorch cannot be used and what to do; null if it can.</summary>
    public static string? Problem => LoadProblem.Value;

    /// <summary>Whether libtorch loads and finds a GPU.</summary>
    public static bool HasGpu => Gpu.Value;

    // The loader lists every path that it tried; a library that is there but does not fit is what the reader has to know.
    static string Reason(string message) =>
        message.Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.Contains("version `", StringComparison.Ordinal))
        ?? "the library was not found.";
}
