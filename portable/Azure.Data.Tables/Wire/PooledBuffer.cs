using System.Buffers;
using System.Text;

namespace Azure.Data.Tables.Wire;

/// <summary>A growing body in rented memory.</summary>
sealed class PooledBuffer(int capacity = 4096) : IBufferWriter<byte>
{
    byte[] rented = ArrayPool<byte>.Shared.Rent(capacity);
    int length;

    public ReadOnlyMemory<byte> Written => rented.AsMemory(0, length);

    public void Advance(int count) => length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return rented.AsMemory(length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return rented.AsSpan(length);
    }

    public void Append(ReadOnlySpan<byte> bytes) => this.Write(bytes);

    public void Append(string text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        length += Encoding.UTF8.GetBytes(text, rented.AsSpan(length));
    }

    /// <summary>Gives the memory back.</summary>
    /// <remarks>Only for a body that the service has taken whole: after a failure the transport may still read it.</remarks>
    public void Return()
    {
        ArrayPool<byte>.Shared.Return(rented);
        rented = [];
        length = 0;
    }

    void Reserve(int sizeHint)
    {
        var needed = length + Math.Max(sizeHint, 256);
        if (needed <= rented.Length)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, rented.Length * 2));
        rented.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(rented);
        rented = larger;
    }
}
