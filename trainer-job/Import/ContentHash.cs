using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SasRec.Trainer.Import;

/// <summary>A short name for what a line says: 16 bytes stand for texts of any length.</summary>
static class ContentHash
{
    /// <summary>The first 128 bits of the SHA-256 of texts with a NUL between them.</summary>
    public static UInt128 Of(params ReadOnlySpan<string?> texts)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', texts)), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
