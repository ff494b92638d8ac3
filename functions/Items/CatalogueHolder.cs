using System.Runtime.CompilerServices;
using SasRec.Functions.Serve;

namespace SasRec.Functions.Items;

/// <summary>Holds the catalogue as this instance knows it, and its index beside each model in memory.</summary>
sealed class CatalogueHolder(ServeOptions options, TimeProvider clock)
{
    readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ConditionalWeakTable<ServedModel, ItemIndex> indices = [];
    readonly Lock gate = new();
    volatile Catalogue? current;

    /// <summary>Why the catalogue could not be read; null after the next success.</summary>
    public string? Failure { get; private set => Volatile.Write(ref field, value); }

    /// <summary>The catalogue as it is known now; null where it has not been read yet.</summary>
    public Catalogue? Current => current;

    /// <summary>Whether nothing is recommended because the catalogue cannot be read.</summary>
    public bool Withholds => current is null && Failure is not null;

    /// <summary>What somebody should look at; null where all is well. Anybody may read it, so it does not say with which account.</summary>
    public string? Problem => Failure is null ? null
        : Withholds ? "The catalogue cannot be read, so nothing is recommended: an item might be withheld."
        : "The catalogue cannot be read; what was known before goes on serving.";

    /// <summary>The catalogue; null where it has not been read yet. Waits for the first reading of a new instance.</summary>
    public async ValueTask<Catalogue?> GetAsync(CancellationToken cancellation)
    {
        if (!read.Task.IsCompleted)
        {
            await Task.WhenAny(read.Task, Task.Delay(options.StartPatience, clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        return current;
    }

    /// <summary>The index of the catalogue beside a model; null where the catalogue has not been read yet.</summary>
    /// <remarks>The first call for a model makes it, which takes time in proportion to the catalogue; whoever lets a model serve calls first.</remarks>
    public ItemIndex? IndexFor(ServedModel model)
    {
        if (!indices.TryGetValue(model, out var index))
        {
            lock (gate)
            {
                // A model that is there before the catalogue gets its index as soon as there is one.
                index = indices.TryGetValue(model, out index) ? index : Add(model, current ?? Catalogue.Empty);
            }
        }

        return current is null ? null : index;
    }

    /// <summary>Lets a catalogue serve beside every model in memory.</summary>
    public void Replace(Catalogue catalogue)
    {
        Failure = null;
        if (catalogue == current)
        {
            return;
        }

        lock (gate)
        {
            foreach (var (model, _) in indices.ToArray())
            {
                Add(model, catalogue);
            }

            current = catalogue;
        }

        read.TrySetResult();
    }

    ItemIndex Add(ServedModel model, Catalogue catalogue)
    {
        var index = new ItemIndex(model.Catalogue.Items, catalogue, clock.GetUtcNow());
        indices.AddOrUpdate(model, index);
        return index;
    }

    /// <summary>Tells that the catalogue could not be read; what serves goes on serving, and nobody waits any longer.</summary>
    public void Fail(string reason)
    {
        Failure = reason;
        read.TrySetResult();
    }
}
