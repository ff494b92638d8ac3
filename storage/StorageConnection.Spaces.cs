using Azure;

namespace SasRec.Storage;

// Spaces share an account. Each has every table, queue and container of its own, and nothing else tells of it.
public sealed partial class StorageConnection
{
    /// <summary>The same account in another space; it need not exist yet.</summary>
    /// <param name="space">The space's name (<see cref="SpaceName"/>); empty for the default one.</param>
    /// <exception cref="ArgumentException">No space may have this name.</exception>
    public StorageConnection In(string space) => new((Options with { Space = space }).Validated(), Time, identity, most: null);

    /// <summary>The spaces of the account beside the default one, in the order of their names: those whose last container is there.</summary>
    public async Task<IReadOnlyList<string>> SpacesAsync(CancellationToken cancellation = default)
    {
        var found = new List<string>();
        await foreach (var container in blobs.GetBlobContainersAsync(prefix: Options.NamePrefix, cancellationToken: cancellation))
        {
            var name = container.Name[Options.NamePrefix.Length..];
            if (name.EndsWith(Names.TrainingContainer, StringComparison.Ordinal) && name[..^Names.TrainingContainer.Length] is var space
                && SpaceName.IsAllowed(space))
            {
                found.Add(space);
            }
        }

        found.Sort(StringComparer.Ordinal);
        return found;
    }

    /// <summary>Whether there is this space.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellation = default) =>
        await Container(Names.TrainingContainer).ExistsAsync(cancellation);

    /// <summary>Deletes everything of this space. What is deleted already is passed over, so that a deletion that was cut off can be repeated.</summary>
    /// <exception cref="InvalidOperationException">This is the default space, which cannot be deleted.</exception>
    public async Task DeleteAsync(CancellationToken cancellation = default)
    {
        if (Options.Space.Length == 0)
        {
            throw new InvalidOperationException("The default space cannot be deleted.");
        }

        await Task.WhenAll(
        [
            .. Names.Queues.Select(Task (name) => Queue(name).DeleteIfExistsAsync(cancellation)),
            .. Names.Tables.Select(name => DeleteTableAsync(name, cancellation)),
            Container(Names.ModelsContainer).DeleteIfExistsAsync(cancellationToken: cancellation),
        ]);

        // It tells of the space: until all else is gone the space is listed, and can be deleted again.
        await Container(Names.TrainingContainer).DeleteIfExistsAsync(cancellationToken: cancellation);
    }

    async Task DeleteTableAsync(string name, CancellationToken cancellation)
    {
        try
        {
            await Table(name).DeleteAsync(cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // Deleted before.
        }
    }
}
