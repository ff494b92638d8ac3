using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace SasRec.Client;

/// <summary>Sends events in batches behind the back of whoever adds them. What it cannot send it hands back; it loses nothing silently.</summary>
/// <remarks>An event gets its id and its time when it is added, so that a batch that is sent twice counts once.</remarks>
public sealed partial class EventBuffer : IAsyncDisposable
{
    readonly SasRecClient client;
    readonly Action<UnsentEvents> onUnsent;
    readonly EventBufferOptions options;
    readonly Channel<Entry> entries;
    readonly CancellationTokenSource givingUp = new();
    readonly Task sending;

    /// <summary>Begins to send.</summary>
    /// <param name="client">The client to send with; it has to outlive the buffer.</param>
    /// <param name="onUnsent">Is told of events that the server refused, or that were left when the buffer was closed. It must not throw.</param>
    /// <param name="options">How much is kept and for how long.</param>
    public EventBuffer(SasRecClient client, Action<UnsentEvents> onUnsent, EventBufferOptions? options = null)
    {
        (this.client, this.onUnsent, this.options) = (client, onUnsent, options ?? new());
        entries = Channel.CreateBounded<Entry>(new BoundedChannelOptions(this.options.Capacity) { SingleReader = true });
        sending = Task.Run(SendAllAsync);
    }

    /// <summary>Adds an event, and waits where the buffer is full.</summary>
    /// <returns>The event's id.</returns>
    /// <exception cref="ObjectDisposedException">The buffer is closed: the event was not taken.</exception>
    public async ValueTask<string> AddAsync(UserEvent added, CancellationToken cancellation = default)
    {
        var named = added.Named(client.Clock);
        await WriteAsync(new Entry(named, null), cancellation).ConfigureAwait(false);
        return named.EventId!;
    }

    /// <summary>Adds that a user saw a slate: a sighting of each of its items.</summary>
    /// <exception cref="ArgumentException">The slate is a preview, which nobody is to see.</exception>
    /// <exception cref="ObjectDisposedException">The buffer is closed.</exception>
    public async ValueTask SeenAsync(Slate slate, string userId, CancellationToken cancellation = default)
    {
        foreach (var item in slate.Items)
        {
            await AddAsync(Of(slate, userId, item.ItemId, UserEvent.Seen), cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Adds that a user acted on an item of a slate.</summary>
    /// <param name="slate">The slate.</param>
    /// <param name="userId">Who.</param>
    /// <param name="itemId">Which item.</param>
    /// <param name="type">What was done.</param>
    /// <param name="cancellation">Ends the wait for room.</param>
    /// <exception cref="ArgumentException">The slate is a preview, which nobody is to see.</exception>
    /// <exception cref="ObjectDisposedException">The buffer is closed.</exception>
    public ValueTask<string> ClickedAsync(Slate slate, string userId, string itemId, string type = "click", CancellationToken cancellation = default) =>
        AddAsync(Of(slate, userId, itemId, type), cancellation);

    /// <summary>Waits until everything that was added before is sent or handed back.</summary>
    public async Task FlushAsync(CancellationToken cancellation = default)
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await WriteAsync(new Entry(null, flushed), cancellation).ConfigureAwait(false);
        await flushed.Task.WaitAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Takes no more events and sends what is left, for at most <see cref="EventBufferOptions.CloseWithin"/>; then hands the rest back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (entries.Writer.TryComplete())
        {
            givingUp.CancelAfter(options.CloseWithin);
        }

        await sending.ConfigureAwait(false);
    }

    static UserEvent Of(Slate slate, string userId, string itemId, string type) => new()
    {
        UserId = userId,
        ItemId = itemId,
        Type = type,
        Source = "recommendation",
        RecommendationId = slate.RecommendationId ?? throw new ArgumentException("A preview has no recommendationId, and nobody is to see it.", nameof(slate)),
    };

    async ValueTask WriteAsync(Entry entry, CancellationToken cancellation)
    {
        try
        {
            await entries.Writer.WriteAsync(entry, cancellation).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(EventBuffer));
        }
    }

    async Task SendAllAsync()
    {
        var batch = new List<UserEvent>();
        while (await entries.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            var flushed = await GatherAsync(batch).ConfigureAwait(false);
            await SendAsync(batch).ConfigureAwait(false);
            batch.Clear();
            flushed?.SetResult();
        }
    }

    /// <summary>Gathers what comes within a moment, up to a full batch or to somebody who waits for a flush.</summary>
    /// <returns>Who waits; null for nobody.</returns>
    async Task<TaskCompletionSource?> GatherAsync(List<UserEvent> batch)
    {
        using var gathered = new CancellationTokenSource(options.Gather, client.Clock);
        try
        {
            while (batch.Count < options.BatchSize)
            {
                if (!entries.Reader.TryRead(out var entry))
                {
                    if (!await entries.Reader.WaitToReadAsync(gathered.Token).ConfigureAwait(false))
                    {
                        break;
                    }
                }
                else if (entry.Event is null)
                {
                    return entry.Flushed;
                }
                else
                {
                    batch.Add(entry.Event);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The moment is over.
        }

        return null;
    }

    /// <summary>Sends a batch until it is taken, refused, or the buffer gives up.</summary>
    async Task SendAsync(List<UserEvent> batch)
    {
        while (batch.Count > 0)
        {
            try
            {
                await client.SendAsync(batch, givingUp.Token).ConfigureAwait(false);
                return;
            }
            catch (SasRecException e) when (e.IsTransient)
            {
                await Task.Delay(options.RetryDelay, client.Clock, givingUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (SasRecException e)
            {
                HandBackRefused(batch, e);
            }
            catch (OperationCanceledException)
            {
                onUnsent(new([.. batch], new SasRecException("The buffer was closed before the server took them.")));
                return;
            }
        }
    }

    /// <summary>The server takes all or none: the events that it names are handed back, so that the others can go; all, if it names none.</summary>
    void HandBackRefused(List<UserEvent> batch, SasRecException refusal)
    {
        var wrong = refusal.Errors.Select(error => Place().Match(error.Field).Groups[1].ValueSpan is var digits
                && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : -1)
            .Where(place => place >= 0 && place < batch.Count).Select(place => batch[place]).ToHashSet();
        var refused = wrong.Count > 0 ? wrong : [.. batch];
        batch.RemoveAll(refused.Contains);
        onUnsent(new([.. refused], refusal));
    }

    [GeneratedRegex(@"^events\[(\d+)\]")]
    private static partial Regex Place();

    /// <summary>An event, or somebody who waits until those before are sent.</summary>
    readonly record struct Entry(UserEvent? Event, TaskCompletionSource? Flushed);
}
