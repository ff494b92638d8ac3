using System.Runtime.InteropServices;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>Zeroed native memory for floats, aligned to a cache line: kernels hold plain pointers into it, and the collector never moves it.</summary>
sealed unsafe class Floats : IDisposable
{
    const int Alignment = 64;

    /// <summary>Allocates.</summary>
    /// <param name="length">How many floats.</param>
    public Floats(long length)
    {
        Length = length;
        var bytes = checked((nuint)Math.Max(length, 1) * sizeof(float));
        Pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        NativeMemory.Clear(Pointer, bytes);
    }

    ~Floats() => Free();

    public float* Pointer { get; private set; }

    public long Length { get; }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
