using SasRec.Azurite;
using Xunit.Sdk;

namespace SasRec.Testing;

/// <summary>One Azurite for a whole test assembly; tests keep apart by names of their own (<see cref="Unique"/>).</summary>
/// <remarks>
/// Declare it once in an assembly: <c>[assembly: AssemblyFixture(typeof(StorageEmulator))]</c>. Tests that need no storage run without it;
/// <c>./test fast</c> sets SASREC_FAST_TESTS and skips the others.
/// </remarks>
public sealed class StorageEmulator : IAsyncDisposable
{
    readonly Lazy<Task<AzuriteServer>> azurite = new(() => AzuriteServer.StartAsync());

    /// <summary>The connection string that opens blobs, queues and tables. The first who asks starts the emulator.</summary>
    public string ConnectionString => IsFast
        ? throw SkipException.ForSkip("It needs the storage emulator, which ./test starts and ./test fast does not.")
        : azurite.Value.GetAwaiter().GetResult().ConnectionString;

    internal static bool IsFast => Environment.GetEnvironmentVariable("SASREC_FAST_TESTS") is { Length: > 0 };

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
