namespace SasRec.Storage.Experiments;

/// <summary>Keeps the experiments.</summary>
public sealed class ExperimentStore(StorageConnection storage)
{
    readonly StoredBook<ExperimentBook> book = new(
        storage.Container(Names.ModelsContainer).GetBlobClient(Names.ModelBlobs.Experiments),
        "The experiments",
        ExperimentBook.KnownFormat,
        ExperimentJson.Indented.ExperimentBook);

    /// <summary>The experiments; an empty book where there were never any.</summary>
    /// <exception cref="NewerFormatException">The book has a format that is not known yet.</exception>
    public Task<ExperimentBook> CurrentAsync(CancellationToken cancellation = default) => book.CurrentAsync(cancellation);

    /// <summary>The experiments if they changed; null if they did not, or if there were never any.</summary>
    /// <param name="etag">The book as last seen; null for never.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="NewerFormatException">The book has a format that is not known yet.</exception>
    public async Task<KnownExperiments?> IfChangedAsync(string? etag, CancellationToken cancellation = default) =>
        await book.IfChangedAsync(etag, cancellation) is { } changed ? new KnownExperiments(changed.Book, changed.ETag) : null;

    /// <summary>Changes the book.</summary>
    /// <param name="change">Makes the next book of the present one; called again where somebody else was faster.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The book as written.</returns>
    /// <exception cref="ExperimentRefusedException"><paramref name="change"/> refuses.</exception>
    /// <exception cref="UnknownExperimentException">There is no such experiment.</exception>
    public async Task<ExperimentBook> ChangeAsync(Func<ExperimentBook, ExperimentBook> change, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        return (await book.ChangeAsync(change, cancellation))!;
    }
}

/// <summary>The experiments as they were read.</summary>
/// <param name="Book">The experiments.</param>
/// <param name="ETag">What to ask <see cref="ExperimentStore.IfChangedAsync"/> with next time.</param>
public sealed record KnownExperiments(ExperimentBook Book, string ETag);
