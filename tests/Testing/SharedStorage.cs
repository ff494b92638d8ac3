using SasRec.Azurite;

namespace SasRec.Testing;

/// <summary>One Azurite for a whole test assembly, with an account for each application that its tests start.</summary>
/// <remarks>Declare it once in an assembly, so that it ends: <c>[assembly: AssemblyFixture(typeof(SharedStorage))]</c>.</remarks>
public sealed class SharedStorage : IAsyncDisposable
{
    static readonly Lazy<Task<AzuriteServer>> Azurite = new(() => AzuriteServer.StartAsync(accounts: 200));

    /// <summary>The connection string of an empty account that nobody else has. The first who asks starts the emulator.</summary>
    public static async Task<string> NextAccountAsync() => (await Azurite.Value.ConfigureAwait(false)).NextAccount();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Azurite.IsValueCreated)
        {
            await (await Azurite.Value.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
    }
}
