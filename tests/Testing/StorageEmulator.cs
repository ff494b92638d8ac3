using SasRec.Azurite;

namespace SasRec.Testing;

/// <summary>One Azurite for a whole test assembly; tests keep apart by names of their own (<see cref="Unique"/>).</summary>
/// <remarks>
/// Declare it once in an assembly: <c>[assembly: AssemblyFixture(typeof(StorageEmulator))]</c>. Tests that need no storage run without it.
/// </remarks>
public sealed class StorageEmulator : IAsyncDisposable
{
    readonly Lazy<Task<AzuriteServer>> azurite = new(() => AzuriteServer.StartAsync());

    /// <summary>The connection string that opens blobs, queues and tables. The first who asks starts the emulator.</summary>
    public string ConnectionString => azurite.Value.GetAwaiter().GetResult().ConnectionString;

    /// <summary>A name that no other test has, valid for tables, queues and containers: lower-case letters and digits.</summary>
    /// <param name="prefix">What the name begins with: lower-case letters.</param>
    public static string Unique(string prefix = "t") => prefix + Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (azurite.IsValueCreated)
        {
            await (await azurite.Value).DisposeAsync();
        }
    }
}
