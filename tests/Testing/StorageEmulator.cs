using SasRec.Azurite;
using Xunit;

namespace SasRec.Testing;

/// <summary>One Azurite for a whole test assembly; tests keep apart by names of their own (<see cref="Unique"/>).</summary>
/// <remarks>Declare it once in an assembly: <c>[assembly: AssemblyFixture(typeof(StorageEmulator))]</c>.</remarks>
public sealed class StorageEmulator : IAsyncLifetime
{
    AzuriteServer? azurite;

    /// <summary>The connection string that opens blobs, queues and tables.</summary>
    public string ConnectionString => (azurite ?? throw new InvalidOperationException("The storage emulator has not started.")).ConnectionString;

    /// <summary>A name that no other test has, valid for tables, queues and containers: lower-case letters and digits.</summary>
    /// <param name="prefix">What the name begins with: lower-case letters.</param>
    public static string Unique(string prefix = "t") => prefix + Guid.NewGuid().ToString("N");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => azurite = await AzuriteServer.StartAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (azurite is not null)
        {
            await azurite.DisposeAsync();
        }
    }
}
