using System.Diagnostics;
using SasRec.Storage.Telemetry;

namespace SasRec.Storage.Messages;

/// <summary>Lets callers who send at the same time share messages: group commit, as databases write their journals.</summary>
/// <remarks>
/// While a group is on its way the next one gathers. It leaves when the one before has arrived, when it fills a message, or after
/// <see cref="LongestWait"/>. A caller alone does not wait; where the last group had several callers, the next one gathers for
/// <see cref="GatherTime"/>, because they are likely to come again. A call returns when its group is stored, never before.
/// </remarks>
/// <param name="send">Stores the events of a group, and returns the number of messages.</param>
/// <param name="clock">The clock of the waits.</param>
sealed class GroupCommit(Func<IReadOnlyList<byte[]>, Task<int>> send, TimeProvider clock)
{
    /// <summary>How long a group waits for callers who are likely to come.</summary>
    public static readonly TimeSpan GatherTime = TimeSpan.FromMilliseconds(2);

    /// <summary>How long a group waits at most for the one before, which may be tried again for seconds.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    readonly Lock gate = new();
    Group gathering = new();
    int underWay;
    bool crowded;

    /// <summary>Sends events with those of others.</summary>
    /// <param name="events">One or more events, each as JSON that fits a message.</param>
    /// <param name="cancellation">Ends the wait. Events whose group has left are stored all the same.</param>
    /// <returns>The number of messages of the group.</returns>
    public Task<int> SendAsync(IReadOnlyList<byte[]> events, CancellationToken cancellation)
    {
        Group joined;
        lock (gate)
        {
            joined = gathering;
            joined.Add(events, cancellation);
            if ((underWay == 0 && !crowded) || joined.Bytes >= MessagePacker.MaxBytes)
            {
                Leave();
            }
            else if (joined.Callers == 1)
            {
                _ = LeaveAfterAsync(joined, underWay == 0 ? GatherTime : LongestWait);
            }
        }

        return joined.Stored.Task.WaitAsync(cancellation);
    }

    // Under the gate; what is sent is written outside of it.
    void Leave()
    {
        var group = gathering;
        gathering = new Group();
        crowded = group.Callers > 1;
        underWay++;
        _ = Task.Run(() => StoreAsync(group));
    }

    async Task LeaveAfterAsync(Group group, TimeSpan wait)
    {
        await Task.Delay(wait, clock);
        lock (gate)
        {
            if (group == gathering)
            {
                Leave();
            }
        }
    }

    async Task StoreAsync(Group group)
    {
        // The span of the first caller, whoever made the group leave.
        Activity.Current = group.Span;
        try
        {
            group.Stored.SetResult(group.Events is { Count: > 0 } events ? await send(events) : 0);
        }
        catch (Exception e)
        {
            group.Stored.SetException(e);
        }

        lock (gate)
        {
            underWay--;
            if (underWay > 0 || gathering.Callers == 0)
            {
                return;
            }

            if (crowded || gathering.Callers > 1)
            {
                _ = LeaveAfterAsync(gathering, GatherTime);
            }
            else
            {
                Leave();
            }
        }
    }

    /// <summary>Events that are stored together.</summary>
    sealed class Group
    {
        readonly List<(IReadOnlyList<byte[]> Events, CancellationToken Cancellation)> calls = [];

        /// <summary>Completes when everything is stored.</summary>
        public TaskCompletionSource<int> Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>How many calls share the group.</summary>
        public int Callers => calls.Count;

        /// <summary>The size of the events.</summary>
        public int Bytes { get; private set; }

        /// <summary>The first caller's span, to whose trace the messages belong.</summary>
        public Activity? Span { get; private set; }

        /// <summary>The events of those who still wait.</summary>
        public IReadOnlyList<byte[]> Events => [.. calls.Where(call => !call.Cancellation.IsCancellationRequested).SelectMany(call => call.Events)];

        public void Add(IReadOnlyList<byte[]> events, CancellationToken cancellation)
        {
            if (calls.Count == 0)
            {
                Span = Activity.Current;
            }
            else
            {
                Activity.Current.LinkTo(Span?.Id);
            }

            calls.Add((events, cancellation));
            Bytes += events.Sum(e => e.Length);
        }
    }
}
