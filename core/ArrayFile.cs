using System.Runtime.InteropServices;
using System.Text;

namespace SasRec.Core;

/// <summary>What binary files of a model have in common: four letters and a version, numbers that say how much follows, then arrays; little-endian.</summary>
static class ArrayFile
{
    const int Version = 1;

    /// <summary>Begins a file.</summary>
    /// <param name="stream">Stays open.</param>
    /// <param name="letters">What the file is.</param>
    public static BinaryWriter Begin(Stream stream, ReadOnlySpan<byte> letters)
    {
        var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(letters);
        writer.Write(Version);
        return writer;
    }

    /// <summary>Opens what <see cref="Begin"/> began.</summary>
    /// <param name="stream">Stays open.</param>
    /// <param name="letters">What the file must be.</param>
    /// <exception cref="InvalidDataException">It is something else, or of another version.</exception>
    /// <exception cref="EndOfStreamException">It ends before its version.</exception>
    public static BinaryReader Open(Stream stream, ReadOnlySpan<byte> letters)
    {
        var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        return reader.ReadBytes(letters.Length).AsSpan().SequenceEqual(letters) && reader.ReadInt32() == Version
            ? reader
            : throw new InvalidDataException($"The file does not begin with {Encoding.ASCII.GetString(letters)} and version {Version}.");
    }

    /// <summary>Writes an array.</summary>
    public static void WriteValues<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged => writer.Write(MemoryMarshal.AsBytes(values));

    /// <summary>Reads an array. What a broken header announces takes no memory where the file is known to be shorter.</summary>
    /// <exception cref="EndOfStreamException">The file ends before it.</exception>
    public static T[] ReadValues<T>(this BinaryReader reader, int count)
        where T : unmanaged
    {
        var stream = reader.BaseStream;
        if (stream.CanSeek && (long)count * Marshal.SizeOf<T>() > stream.Length - stream.Position)
        {
            throw new EndOfStreamException($"{count} values are missing.");
        }

        var values = new T[count];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
