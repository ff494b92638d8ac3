using SasRec.Core.Content;
using SasRec.Core.Sequences;

namespace SasRec.Functions.Items;

/// <summary>Holds the catalogue as this instance knows it, and a view of it for each model in memory.</summary>
sealed class CatalogueHolder(ItemOptions options, TimeProvider clock)
{
    readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<WeakReference<CatalogueView>> views = [];
    readonly Lock gate = new();
    volatile Catalogue? current;

    /// <summary>Why the catalogue could not be read; null after the next success.</summary>
    public string? Failure { get; private set => Volatile.Write(ref field, value); }

    /// <summary>The items whose rows cannot be read; they are withheld.</summary>
    public IReadOnlyList<string> Damaged { get; set => Volatile.Write(ref field, value); } = [];

    /// <summary>What an operator should mend; null for nothing.</summary>
    public string? Damage => Damaged is [var first, ..]
        ? $"{Damaged.Count} rows of the catalogue cannot be read, so their items are withheld, '{first}' among them; PUT /api/items writes them anew."
        : null;

    /// <summary>The catalogue as it is known now; null where it has not been read yet.</summary>
    public Catalogue? Current => current;

    /// <summary>Whether nothing is recommended because the catalogue cannot be read.</summary>
    public bool Withholds => current is null && Failure is not null;

    /// <summary>What an operator should look at; null where all is well. It is public, so it does not name the storage account.</summary>
    public string? Problem => Failure is null ? null
        : Withholds ? "The catalogue cannot be read, so nothing is recommended: an item might be withheld."
        : "The catalogue cannot be read; the last known one keeps serving.";

    /// <summary>The catalogue; null where it has not been read yet. Waits for the first reading of a new instance.</summary>
    public async ValueTask<Catalogue?> GetAsync(CancellationToken cancellation)
    {
        if (!read.Task.IsCompleted)
        {
            await Task.WhenAny(read.Task, Task.Delay(options.StartTimeout, clock, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }

        return current;
    }

    /// <summary>A view of the catalogue for one model. It follows every change as long as it is referenced.</summary>
    /// <remarks>Once <see cref="Current"/> is not null, every view has an index.</remarks>
    /// <param name="items">The model's items.</param>
    /// <param name="content">The model's content map; null for none.</param>
    public CatalogueView ViewFor(ItemVocabulary items, ContentMap? content = null)
    {
        var view = new CatalogueView(items, content);
        lock (gate)
        {
            if (current is { } catalogue)
            {
                view.Follow(catalogue, clock.GetUtcNow());
            }

            views.Add(new WeakReference<CatalogueView>(view));
        }

        return view;
    }

    /// <summary>Makes a catalogue current in every view.</summary>
    public void Replace(Catalogue catalogue)
    {
        Failure = null;
        if (catalogue == current)
        {
            return;
        }

        lock (gate)
        {
            views.RemoveAll(reference => !reference.TryGetTarget(out _));
            foreach (var reference in views)
            {
                if (reference.TryGetTarget(out var view))
                {
                    view.Follow(catalogue, clock.GetUtcNow());
                }
            }

            current = catalogue;
        }

        read.TrySetResult();
    }

    /// <summary>Reports that the catalogue could not be read; the last known one keeps serving, and waiting requests go on.</summary>
    public void Fail(string reason)
    {
        Failure = reason;
        read.TrySetResult();
    }
}
