namespace SasRec.Storage.Rules;

/// <summary>Keeps the rules of placements.</summary>
public sealed class RuleStore(StorageConnection storage)
{
    readonly StoredBook<RuleBook> book = new(
        storage.Container(Names.ModelsContainer).GetBlobClient(Names.ModelBlobs.Rules), "The rules", RuleBook.KnownFormat, RuleJson.Indented.RuleBook);

    /// <summary>The rules; an empty book where there were never any.</summary>
    /// <exception cref="NewerFormatException">The book has a format that is not known yet.</exception>
    public Task<RuleBook> CurrentAsync(CancellationToken cancellation = default) => book.CurrentAsync(cancellation);

    /// <summary>The rules if they changed; null if they did not, or if there were never any.</summary>
    /// <param name="etag">The book as last seen; null for never.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="NewerFormatException">The book has a format that is not known yet.</exception>
    public async Task<KnownRules?> IfChangedAsync(string? etag, CancellationToken cancellation = default) =>
        await book.IfChangedAsync(etag, cancellation) is { } changed ? new KnownRules(changed.Book, changed.ETag) : null;

    /// <summary>Changes the rules of one placement.</summary>
    /// <param name="change">The change; its number is set here.</param>
    /// <param name="expected">The number of the placement's change that it replaces, 0 for none; null for any.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The change with its number; null where the placement is not at the expected one.</returns>
    public async Task<RuleChange?> ChangeAsync(RuleChange change, int? expected = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        var changed = await book.ChangeAsync(
            known => expected is not null && expected != (known.Of(change.Placement)?.Version ?? 0) ? null : known.With(change with { Version = known.Version + 1 }),
            cancellation);
        return changed?.History[0];
    }
}

/// <summary>The rules as they were read.</summary>
/// <param name="Book">The rules.</param>
/// <param name="ETag">What to ask <see cref="RuleStore.IfChangedAsync"/> with next time.</param>
public sealed record KnownRules(RuleBook Book, string ETag);
