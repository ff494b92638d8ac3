using SasRec.Functions.Serve;

namespace SasRec.Functions.Items;

/// <summary>Holds the catalogue as this instance knows it.</summary>
sealed class CatalogueHolder(ServeOptions options, TimeProvider clock)
{
    readonly TaskCompletionSource read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    volatile Catalogue? current;

    /// <summary>Why the catalogue could not be read; null after the next success.</summary>
    public string? Failure { get; private set => Volatile.Write(ref field, value); }

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

    /// <summary>Lets a catalogue serve.</summary>
    public void Replace(Catalogue catalogue)
    {
        (current, Failure) = (catalogue, null);
        read.TrySetResult();
    }

    /// <summary>Tells that the catalogue could not be read; what serves goes on serving.</summary>
    public void Fail(string reason) => Failure = reason;
}
