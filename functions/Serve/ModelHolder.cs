namespace SasRec.Functions.Serve;

/// <summary>Holds the model that serves and changes it under running requests.</summary>
sealed class ModelHolder(ServeOptions options, TimeProvider clock)
{
    readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile ServedModel? current;

    /// <summary>What is known of the model that serves and of the one that should.</summary>
    public ModelState State { get; private set => Volatile.Write(ref field, value); } = new();

    /// <summary>The model to use until the lease is disposed; null where none can serve. Waits for the first load of a new instance.</summary>
    public async ValueTask<ModelLease?> LeaseAsync(CancellationToken cancellation)
    {
        if (!started.Task.IsCompleted)
        {
            await Task.WhenAny(started.Task, Task.Delay(options.StartPatience, clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        while (current is { } model)
        {
            if (model.TryUse())
            {
                return new ModelLease(model);
            }

            // The model was replaced and freed between the read and the use: the next one is there already.
        }

        return null;
    }

    /// <summary>Lets a model serve. Requests that use the one before finish with it; the last of them frees it.</summary>
    public void Replace(ServedModel model)
    {
        var previous = Interlocked.Exchange(ref current, model);
        previous?.LetGo();
    }

    /// <summary>Tells what is known now, and that the first load has been tried.</summary>
    public void Report(ModelState state)
    {
        State = state;
        started.TrySetResult();
    }
}

/// <summary>The right to use a model; dispose it to let go.</summary>
readonly struct ModelLease(ServedModel model) : IDisposable
{
    public ServedModel Model => model;

    public void Dispose() => model.LetGo();
}

/// <summary>What is known of the models of this instance.</summary>
sealed record ModelState
{
    /// <summary>The version that the pointer names; null where none is published, or where the pointer could not be read yet.</summary>
    public string? Wanted { get; init; }

    /// <summary>The version in memory; null for none.</summary>
    public string? Serving { get; init; }

    /// <summary>When the version in memory was loaded.</summary>
    public DateTimeOffset? LoadedAt { get; init; }

    /// <summary>When the version in memory was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Why <see cref="Wanted"/> does not serve; null where it does.</summary>
    public string? Failure { get; init; }

    /// <summary>Why the pointer or the model that it names could not be fetched; null after the next success.</summary>
    public string? PollFailure { get; init; }
}
