using System.IO.Compression;
using System.Text;
using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <summary>Interactions in little space: what the change feed and the snapshot's segments hold.</summary>
/// <remarks>
/// <para>The first byte is the format version. Version 0 has no such byte: it begins with the Brotli stream, whose first byte ends in the
/// bits 1011, so no version may.</para>
/// <para>Then Brotli over one record after another: flags, user, item, type and source (each a number that stands for a string of this block, or 0 and
/// the string), event id, the time's distance from the one before in ticks, then what the flags announce: recommendation id, value, and
/// from version 2 on how long after its time the event was accepted, in ticks.
/// Numbers are 7-bit groups, strings are UTF-8 behind their length.</para>
/// </remarks>
sealed class InteractionBlock : IDisposable
{
    /// <summary>The newest format that is known, and the one that is written.</summary>
    public const byte FormatVersion = 2;

    [Flags]
    enum Facts : byte
    {
        None = 0,
        Assigned = 1,
        HasRecommendation = 2,
        HasValue = 4,
        HasAcceptance = 8,
    }

    readonly MemoryStream compressed = new();
    readonly BinaryWriter writer;
    readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    long previousTicks;

    /// <summary>An empty block, to be written.</summary>
    public InteractionBlock()
    {
        compressed.WriteByte(FormatVersion);
        writer = new BinaryWriter(
            new BufferedStream(new BrotliStream(compressed, CompressionLevel.Fastest, leaveOpen: true), 1 << 14), Encoding.UTF8);
    }

    /// <summary>How many interactions were written.</summary>
    public int Count { get; private set; }

    /// <summary>The most bytes that an interaction can take.</summary>
    public static int MaxBytes(Interaction interaction) =>
        64 + (3 * (interaction.EventId.Length + interaction.UserId.Length + interaction.ItemId.Length +
            interaction.Type.Length + interaction.Source.Length + (interaction.RecommendationId?.Length ?? 0)));

    /// <summary>Adds one interaction.</summary>
    public void Write(Interaction interaction)
    {
        var facts = (interaction.TimestampAssigned ? Facts.Assigned : Facts.None) |
            (interaction.RecommendationId is null ? Facts.None : Facts.HasRecommendation) |
            (interaction.Value is null ? Facts.None : Facts.HasValue) |
            (interaction.AcceptedAt is null ? Facts.None : Facts.HasAcceptance);
        writer.Write((byte)facts);
        WriteKnown(interaction.UserId);
        WriteKnown(interaction.ItemId);
        WriteKnown(interaction.Type);
        WriteKnown(interaction.Source);
        writer.Write(interaction.EventId);
        WriteSigned(interaction.Timestamp.UtcTicks - previousTicks);
        previousTicks = interaction.Timestamp.UtcTicks;
        if (interaction.RecommendationId is { } recommendation)
        {
            writer.Write(recommendation);
        }

        if (interaction.Value is { } value)
        {
            writer.Write(value);
        }

        if (interaction.AcceptedAt is { } accepted)
        {
            WriteSigned(accepted.UtcTicks - interaction.Timestamp.UtcTicks);
        }

        Count++;
    }

    /// <summary>Ends the block.</summary>
    public byte[] ToArray()
    {
        writer.Dispose();
        return compressed.ToArray();
    }

    /// <summary>The interactions of a block.</summary>
    /// <exception cref="InvalidDataException">The bytes are no block.</exception>
    /// <exception cref="NewerFormatException">The block has a format that is not known yet.</exception>
    public static IEnumerable<Interaction> Read(byte[] block)
    {
        var begin = HasNoVersion(block) ? 0 : 1;
        if (begin == 1)
        {
            NewerFormatException.ThrowIfNewer("A block of interactions", block[0], FormatVersion);
        }

        var stream = new MemoryStream(block, begin, block.Length - begin);
        using var content = new BufferedStream(new BrotliStream(stream, CompressionMode.Decompress), 1 << 14);
        using var reader = new BinaryReader(content, Encoding.UTF8);
        var known = new List<string>();
        var ticks = 0L;
        while (true)
        {
            Interaction? next;
            try
            {
                next = ReadNext(content, reader, known, ref ticks);
            }
            catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidOperationException)
            {
                throw new InvalidDataException($"A block of interactions is damaged: {e.Message}", e);
            }

            if (next is null)
            {
                yield break;
            }

            yield return next;
        }
    }

    static Interaction? ReadNext(BufferedStream content, BinaryReader reader, List<string> known, ref long ticks)
    {
        if (content.ReadByte() is not (>= 0 and var first))
        {
            return null;
        }

        var facts = (Facts)first;
        if (facts > (Facts.Assigned | Facts.HasRecommendation | Facts.HasValue | Facts.HasAcceptance))
        {
            throw new InvalidDataException($"A block of interactions has the flags {first}; at most 15 is known.");
        }

        var (user, item, type, source) = (
            ReadKnown(reader, known), ReadKnown(reader, known), ReadKnown(reader, known), ReadKnown(reader, known));
        var eventId = reader.ReadString();
        ticks += ReadSigned(reader);
        return new Interaction
        {
            EventId = eventId,
            UserId = user,
            ItemId = item,
            Type = type,
            Source = source,
            Timestamp = new DateTimeOffset(ticks, TimeSpan.Zero),
            TimestampAssigned = facts.HasFlag(Facts.Assigned),
            RecommendationId = facts.HasFlag(Facts.HasRecommendation) ? reader.ReadString() : null,
            Value = facts.HasFlag(Facts.HasValue) ? reader.ReadDouble() : null,
            AcceptedAt = facts.HasFlag(Facts.HasAcceptance) ? new DateTimeOffset(ticks + ReadSigned(reader), TimeSpan.Zero) : null,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        compressed.Dispose();
    }

    // Brotli's header for the window of 22 bits that .NET writes; an empty array holds nothing of either kind.
    static bool HasNoVersion(byte[] block) => block.Length == 0 || (block[0] & 0x0F) == 0x0B;

    /// <summary>Small numbers of either sign in few bytes.</summary>
    void WriteSigned(long number) => writer.Write7BitEncodedInt64((number << 1) ^ (number >> 63));

    static long ReadSigned(BinaryReader reader)
    {
        var number = reader.Read7BitEncodedInt64();
        return (long)((ulong)number >> 1) ^ -(number & 1);
    }

    void WriteKnown(string text)
    {
        if (known.TryGetValue(text, out var number))
        {
            writer.Write7BitEncodedInt(number);
            return;
        }

        known.Add(text, known.Count + 1);
        writer.Write7BitEncodedInt(0);
        writer.Write(text);
    }

    static string ReadKnown(BinaryReader reader, List<string> known)
    {
        var number = reader.Read7BitEncodedInt();
        if (number == 0)
        {
            known.Add(reader.ReadString());
            return known[^1];
        }

        return number <= known.Count ? known[number - 1]
            : throw new InvalidDataException($"A block of interactions names string {number}; {known.Count} are known.");
    }
}
