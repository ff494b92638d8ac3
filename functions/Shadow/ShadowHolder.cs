using SasRec.Functions.Serve;
using SasRec.Storage.Models;

namespace SasRec.Functions.Shadow;

/// <summary>The model that scores what is served and shows nothing, and how it fares on this instance.</summary>
sealed class ShadowHolder
{
    volatile ServedModel? current;
    long scored;
    long dropped;
    long failed;

    /// <summary>Which model should be the shadow; null for none.</summary>
    public ShadowPointer? Pointer { get; private set => Volatile.Write(ref field, value); }

    /// <summary>Why it is not in memory; null where it is, or where there is none.</summary>
    public string? Failure { get; private set => Volatile.Write(ref field, value); }

    /// <summary>Whether there is a shadow in memory: without one, a request has nothing to hand over.</summary>
    public bool Loaded => current is not null;

    /// <summary>What this instance knows of it.</summary>
    public ShadowInstance Instance
    {
        get
        {
            using var lease = Lease();
            return new ShadowInstance(
                lease?.Model.Version,
                lease?.Model.Bytes ?? 0,
                Interlocked.Read(ref scored),
                Interlocked.Read(ref dropped),
                Interlocked.Read(ref failed),
                Failure);
        }
    }

    /// <summary>The shadow to use until the lease is disposed; null where there is none.</summary>
    public ModelLease? Lease()
    {
        while (current is { } model)
        {
            if (model.TryUse())
            {
                return new ModelLease(model);
            }
        }

        return null;
    }

    /// <summary>Lets a model be the shadow, or none; the one before is freed by its last user.</summary>
    public void Replace(ShadowPointer pointer, ServedModel? model, string? failure)
    {
        (Pointer, Failure) = (pointer, failure);
        Interlocked.Exchange(ref current, model)?.LetGo();
    }

    /// <summary>Counts what became of slates.</summary>
    public void Count(int scoredNow = 0, int droppedNow = 0, int failedNow = 0)
    {
        Interlocked.Add(ref scored, scoredNow);
        Interlocked.Add(ref dropped, droppedNow);
        Interlocked.Add(ref failed, failedNow);
    }
}

/// <summary>The shadow on one instance, since the instance started.</summary>
/// <param name="Version">The version in memory; null for none.</param>
/// <param name="Bytes">What it takes of the memory of this instance, about.</param>
/// <param name="Scored">How many slates it scored.</param>
/// <param name="Dropped">How many it was too busy for.</param>
/// <param name="Failed">How many it failed at, or could not keep.</param>
/// <param name="Failure">Why the shadow is not in memory; null where it is.</param>
sealed record ShadowInstance(string? Version, long Bytes, long Scored, long Dropped, long Failed, string? Failure);
