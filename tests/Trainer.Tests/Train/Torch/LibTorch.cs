using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SasRec.Trainer.Tests.Train.Torch;

/// <summary>Loads libtorch from its package before a test asks for it, so that TorchSharp's library finds it in the process.</summary>
static class LibTorch
{
    // Each after those that it needs.
    static readonly string[] Libraries = ["libgomp*", "libc10.so", "libtorch_cpu.so", "libtorch.so"];

    [ModuleInitializer]
    internal static void Load()
    {
        var folder = typeof(LibTorch).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(data => data.Key == "LibTorch")?.Value;
        if (folder is null || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var library in Libraries.SelectMany(name => Directory.EnumerateFiles(folder, name)))
        {
            if (!NativeLibrary.TryLoad(library, out _))
            {
                return;
            }
        }
    }
}
