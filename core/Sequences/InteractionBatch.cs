using SasRec.Core.Events;

namespace SasRec.Core.Sequences;

/// <summary>Some thousand interactions on their way into a dataset, in memory that is used again.</summary>
public sealed class InteractionBatch
{
    const int Rows = 8192;

    readonly char[] text = new char[Rows * 32];
    readonly (int Start, int Length)[] users = new (int, int)[Rows], items = new (int, int)[Rows];
    readonly long[] times = new long[Rows];
    readonly EventMeaning[] meanings = new EventMeaning[Rows];
    int written;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    internal ReadOnlySpan<char> Text => text.AsSpan(0, written);

    internal ReadOnlySpan<(int Start, int Length)> Users => users.AsSpan(0, Count);

    internal ReadOnlySpan<(int Start, int Length)> Items => items.AsSpan(0, Count);

    internal ReadOnlySpan<long> Times => times.AsSpan(0, Count);

    internal ReadOnlySpan<EventMeaning> Meanings => meanings.AsSpan(0, Count);

    /// <summary>Begins anew.</summary>
    public void Clear() => (written, Count) = (0, 0);

    /// <summary>Adds an interaction; one that is ignored counts as added.</summary>
    /// <param name="userId">Who acted.</param>
    /// <param name="itemId">What they acted on.</param>
    /// <param name="time">Unix milliseconds; anything where the data has no times.</param>
    /// <param name="meaning">What the event means.</param>
    /// <returns>Whether there was room.</returns>
    /// <exception cref="ArgumentException">An id is empty.</exception>
    public bool TryAdd(ReadOnlySpan<char> userId, ReadOnlySpan<char> itemId, long time, EventMeaning meaning)
    {
        if (userId.IsEmpty || itemId.IsEmpty)
        {
            throw new ArgumentException("An id must have at least one character.", userId.IsEmpty ? nameof(userId) : nameof(itemId));
        }

        if (meaning.Feedback == Feedback.Ignored)
        {
            return true;
        }

        if (Count == Rows || written + userId.Length + itemId.Length > text.Length)
        {
            return false;
        }

        (users[Count], items[Count]) = (Write(userId), Write(itemId));
        (times[Count], meanings[Count]) = (time, meaning);
        Count++;
        return true;
    }

    (int Start, int Length) Write(ReadOnlySpan<char> id)
    {
        id.CopyTo(text.AsSpan(written));
        written += id.Length;
        return (written - id.Length, id.Length);
    }
}
