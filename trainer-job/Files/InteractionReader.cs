using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>Moves through a file's interactions: fields become ids, times and values, or the line is refused with the reason.</summary>
/// <remarks>Needs the same memory for a file of any size, but for the ids of events where the file has such.</remarks>
sealed partial class InteractionReader : IDisposable
{
    static readonly long EarliestTime = InteractionRules.EarliestTimestamp.ToUnixTimeMilliseconds();

    readonly int[] roles;
    readonly ReadOptions options;
    readonly FileBytes bytes;
    readonly RecordReader records;
    readonly string prefix;
    readonly long latest;
    readonly Dictionary<UInt128, UInt128> eventIds = [];
    char[] user = new char[Interaction.MaxIdLength + 1], item = new char[Interaction.MaxIdLength + 1];
    char[] previousUser = new char[Interaction.MaxIdLength + 1], previousItem = new char[Interaction.MaxIdLength + 1];
    int userLength, itemLength, previousUserLength, previousItemLength;
    byte[] typeBytes = [];
    long time;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="layout">How it is laid out.</param>
    /// <param name="options">What of it counts.</param>
    /// <param name="prefix">What stands before messages: the file's name where there are several.</param>
    public InteractionReader(string path, FileLayout layout, ReadOptions options, string prefix)
    {
        (roles, this.options, this.prefix) = ([.. layout.Roles], options, prefix);
        latest = options.Now > DateTimeOffset.MaxValue - InteractionRules.ClockSkew
            ? long.MaxValue
            : (options.Now + InteractionRules.ClockSkew).ToUnixTimeMilliseconds();
        bytes = FileBytes.Open(path, options.Encoding);
        records = layout.Open(path, bytes);
    }

    /// <summary>What was found so far.</summary>
    public FileSummary Summary { get; } = new();

    /// <summary>The line of the current interaction.</summary>
    public long Line => records.Line;

    /// <summary>Who acted.</summary>
    public ReadOnlySpan<char> User => user.AsSpan(0, userLength);

    /// <summary>What they acted on.</summary>
    public ReadOnlySpan<char> Item => item.AsSpan(0, itemLength);

    /// <summary>When, in Unix milliseconds; 0 where the file has no times.</summary>
    public long Time => time;

    /// <summary>What they did; null where the file does not say.</summary>
    public string? Type { get; private set; }

    /// <summary>Where it came from; null where the file does not say.</summary>
    public string? Source { get; private set; }

    /// <summary>A rating or the like; null where the file does not say.</summary>
    public double? Value { get; private set; }

    /// <summary>The event's own id; null where the file has none.</summary>
    public string? EventId { get; private set; }

    /// <summary>How many bytes of the file were read.</summary>
    public long Position => bytes.Position;

    /// <summary>Moves to the next interaction.</summary>
    /// <returns>Whether there was one.</returns>
    /// <exception cref="UserError">A line cannot be read, and such lines are not to be left out.</exception>
    public bool Next()
    {
        while (true)
        {
            (user, previousUser, previousUserLength) = (previousUser, user, userLength);
            (item, previousItem, previousItemLength) = (previousItem, item, itemLength);
            var state = NextRecord();
            if (state == RecordState.End)
            {
                (Summary.Lines, Summary.OtherLines, Summary.RepeatedHeaders) = (records.Lines, records.OtherLines, records.RepeatedHeaders);
                return false;
            }

            if ((state == RecordState.Bad ? records.Wrong : Parse()) is { } wrong)
            {
                Refuse(wrong);
            }
            else if (Counts())
            {
                Note();
                return true;
            }

            // What was left out is not what the next interaction is compared with.
            (user, previousUser, userLength) = (previousUser, user, previousUserLength);
            (item, previousItem, itemLength) = (previousItem, item, previousItemLength);
        }
    }

    RecordState NextRecord()
    {
        try
        {
            return records.Next();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or DecoderFallbackException or UnauthorizedAccessException)
        {
            throw new UserError($"{prefix}Line {records.Lines + 1}: {e.Message.ReplaceLineEndings(" ")}", e) { Code = ExitCode.Usage };
        }
    }

    void Refuse(string wrong)
    {
        var message = $"{prefix}Line {records.Line}: {wrong}.";
        Summary.Refuse(message);
        if (!options.SkipBad)
        {
            throw new UserError(message + " --skip-bad leaves such lines out and counts them.") { Code = ExitCode.Usage };
        }
    }

    /// <summary>Whether the interaction is one of those that were asked for, and no copy.</summary>
    bool Counts()
    {
        if (Type == Sighting.Type)
        {
            Summary.Sightings++;
            return false;
        }

        if ((options.Types is not null && !options.Types.Contains(Type ?? "view")) || (options.MinValue is { } least && Value < least))
        {
            Summary.LeftOut++;
            return false;
        }

        if (EventId is null || eventIds.TryAdd(Hash(User, EventId), Hash(Item, Type)))
        {
            return true;
        }

        if (Summary.Conflict is null && eventIds[Hash(User, EventId)] != Hash(Item, Type))
        {
            Summary.Conflict = $"line {Line} repeats the event id '{EventId}' of user '{User}' with another item or type; the first counts";
        }

        Summary.RepeatedIds++;
        return false;
    }

    void Note()
    {
        var sameUser = userLength == previousUserLength && User.SequenceEqual(previousUser.AsSpan(0, previousUserLength));
        var sameItem = itemLength == previousItemLength && Item.SequenceEqual(previousItem.AsSpan(0, previousItemLength));
        Summary.Add(roles[(int)FieldRole.Time] >= 0, time, sameUser, sameItem);
        if (roles[(int)FieldRole.Type] >= 0)
        {
            Summary.AddType(Type ?? "(none)");
        }

        if (Summary.WantsRow)
        {
            var (when, what) = (roles[(int)FieldRole.Time] >= 0 ? $", {FileSummary.Shown(time)}" : "", Type is null ? "" : $", {Type}");
            var worth = Value is { } value ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $", value {value}") : "";
            Summary.AddRow($"line {Line}: user {Printable(User.ToString())}, item {Printable(Item.ToString())}{when}{what}{worth}");
        }
    }

    static UInt128 Hash(ReadOnlySpan<char> first, ReadOnlySpan<char> second)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<char> both = stackalloc char[first.Length + second.Length + 1];
        first.CopyTo(both);
        second.CopyTo(both[(first.Length + 1)..]);
        both[first.Length] = '\0';
        SHA256.HashData(MemoryMarshal.AsBytes(both), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    public void Dispose()
    {
        records.Dispose();
        bytes.Dispose();
    }
}
