namespace SasRec.Functions.Inference;

/// <summary>Which pointer of the registry a slot follows.</summary>
enum ModelRole
{
    /// <summary>The model that serves.</summary>
    Current,

    /// <summary>The model that scores the same requests without showing anything.</summary>
    Shadow,

    /// <summary>None: a model that an arm of a running experiment names.</summary>
    Experiment,
}

/// <summary>The place of one model in memory; the model can be replaced while requests use it.</summary>
/// <param name="role">Which pointer the slot follows.</param>
/// <param name="startTimeout">How long <see cref="LeaseAsync"/> waits for the first load.</param>
/// <param name="clock">The clock.</param>
sealed class ModelSlot(ModelRole role, TimeSpan startTimeout, TimeProvider clock)
{
    readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock replacing = new();
    volatile LoadedModel? current;

    public ModelRole Role => role;

    /// <summary>What the slot holds and what it should hold.</summary>
    public SlotState State { get; private set => Volatile.Write(ref field, value); } = new();

    /// <summary>The model to use until the lease is disposed; null where there is none. Waits for the first load of a new instance.</summary>
    public async ValueTask<ModelLease?> LeaseAsync(CancellationToken cancellation)
    {
        if (!started.Task.IsCompleted)
        {
            await Task.WhenAny(started.Task, Task.Delay(startTimeout, clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        return TryLease();
    }

    /// <summary>The model to use until the lease is disposed; null where there is none now.</summary>
    public ModelLease? TryLease()
    {
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

    /// <summary>Puts a model, or none, into the slot. Requests that use the one before finish with it; the last of them frees it.</summary>
    public void Replace(LoadedModel? model)
    {
        lock (replacing)
        {
            Interlocked.Exchange(ref current, model)?.LetGo();
            State = State with
            {
                Status = model is null ? State.Status : SlotStatus.Serving,
                Serving = model?.Version,
                CreatedAt = model?.Manifest.CreatedAt,
                Response = model?.Manifest.Response?.Reason,
            };
        }
    }

    /// <summary>Lets something answer as long as no model serves; the state says all the same that none does.</summary>
    public void StandIn(LoadedModel popularity)
    {
        lock (replacing)
        {
            (State.Serving is null ? Interlocked.Exchange(ref current, popularity) : popularity)?.LetGo();
        }
    }

    /// <summary>Reports what the newest look at the pointer found; from now on no request waits for the first load.</summary>
    public void Report(SlotState state)
    {
        State = state;
        started.TrySetResult();
    }
}

/// <summary>The right to use a model; disposing it gives the right back.</summary>
readonly struct ModelLease(LoadedModel model) : IDisposable
{
    public LoadedModel Model => model;

    public void Dispose() => model.LetGo();
}

/// <summary>How far a slot has come.</summary>
enum SlotStatus
{
    /// <summary>The pointer has not been read, or its model has not been loaded yet.</summary>
    Starting,

    /// <summary>The pointer was read and names no model.</summary>
    NonePublished,

    /// <summary>A model is in memory.</summary>
    Serving,

    /// <summary>The pointer names a model that cannot be used, and no other is in memory.</summary>
    Refused,
}

/// <summary>What a slot holds and what it should hold.</summary>
sealed record SlotState
{
    public SlotStatus Status { get; init; }

    /// <summary>The version that the pointer names; null where it names none, or while <see cref="SlotStatus.Starting"/>.</summary>
    public string? Wanted { get; init; }

    /// <summary>The version in memory; null for none.</summary>
    public string? Serving { get; init; }

    /// <summary>When the version in memory was made.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>What became of the response model of the version in memory; null where its manifest does not say.</summary>
    public string? Response { get; init; }

    /// <summary>Why <see cref="Wanted"/> is not in memory; null where it is.</summary>
    public string? Failure { get; init; }

    /// <summary>What is wrong with the pointer, which does not keep a model from serving; null for nothing.</summary>
    public string? Damage { get; init; }

    /// <summary>Why the pointer or the model that it names could not be read; null after the next success.</summary>
    public string? PollFailure { get; init; }
}

/// <summary>Every model slot of this instance.</summary>
sealed record ModelSlots(ModelSlot Current, ModelSlot Shadow);
