using SasRec.Core.Events;

namespace SasRec.Storage.Tests;

static class Accounts
{
    public static StorageOptions Options(StorageEmulator emulator) => new()
    {
        ConnectionString = emulator.ConnectionString,
        NamePrefix = StorageEmulator.Unique(),
        FeedMargin = TimeSpan.FromSeconds(3),
        FeedLag = TimeSpan.FromSeconds(6.5),
    };

    /// <summary>Tables, queues and containers that no other test has.</summary>
    public static async Task<StorageConnection> NewAsync(StorageEmulator emulator, TimeProvider? time = null)
    {
        var storage = new StorageConnection(Options(emulator), time);
        await storage.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return storage;
    }

    /// <summary>The same account, seen by another process.</summary>
    public static StorageConnection Again(this StorageConnection storage, TimeProvider? time = null) => new(storage.Options, time);

    public static readonly DateTimeOffset Noon = new(2026, 1, 15, 12, 0, 0, TimeSpan.Zero);

    public static Interaction Event(string user, string item, int second = 0, string? id = null) => new()
    {
        EventId = id ?? $"{user}-{item}-{second}",
        UserId = user,
        ItemId = item,
        Timestamp = Noon.AddSeconds(second),
    };

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source.WithCancellation(TestContext.Current.CancellationToken))
        {
            list.Add(item);
        }

        return list;
    }
}

/// <summary>A clock that runs, but is wrong.</summary>
sealed class SkewedTime(TimeSpan error) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + error;
}
