using SasRec.Core.Events;
using SasRec.Storage;
using SasRec.Storage.Log;

namespace SasRec.Trainer.Tests;

/// <summary>An account of its own with users who walk a ring of items, so that the next step can be learned.</summary>
sealed class SmallLog
{
    public const int Items = 30;

    static readonly DateTimeOffset Start = new(2025, 6, 1, 0, 0, 0, TimeSpan.Zero);

    readonly string prefix = StorageEmulator.Unique();
    readonly string connectionString;

    public SmallLog(StorageEmulator emulator)
    {
        connectionString = emulator.ConnectionString;
        Storage = new StorageConnection(new StorageOptions
        {
            ConnectionString = connectionString,
            NamePrefix = prefix,
            FeedMargin = TimeSpan.FromSeconds(2),
            FeedLag = TimeSpan.FromSeconds(4.2),
        });
    }

    public StorageConnection Storage { get; }

    /// <summary>The id of a user.</summary>
    public static string User(int number) => $"user-{number}-ü";

    /// <summary>What makes training on it take a second.</summary>
    public static string[] Quick(int epochs = 12, string learningRate = "0.01") =>
    [
        "--width", "16", "--blocks", "1", "--max-length", "10", "--negatives", "8", "--threads", "1", "--dropout", "0",
        "--epochs", $"{epochs}", "--learning-rate", learningRate,
    ];

    /// <summary>Appends steps of every user.</summary>
    /// <param name="users">How many users.</param>
    /// <param name="first">The first step.</param>
    /// <param name="count">How many steps.</param>
    /// <param name="items">How many items the ring has.</param>
    public async Task AppendAsync(int users, int first, int count, int items = Items)
    {
        await Storage.EnsureCreatedAsync();
        var interactions =
            from user in Enumerable.Range(0, users)
            from step in Enumerable.Range(first, count)
            select new Interaction
            {
                EventId = $"e{step}",
                UserId = User(user),
                ItemId = $"item {(user + step) % items}",
                Timestamp = Start.AddMinutes((60 * step) + (user % 60)),
            };
        await new InteractionLog(Storage).AppendAsync(interactions.ToList());
    }

    public Task<JobOutcome> JobAsync(params string[] args) => JobAsync(CancellationToken.None, args);

    /// <summary>What 'models' shows people.</summary>
    public async Task<string> ModelsTextAsync() => (await Job.RunAsync(["models"], connectionString, prefix)).Output;

    public Task<JobOutcome> JobAsync(CancellationToken cancellation, params string[] args) =>
        Job.RunAsync([.. args, "--json"], connectionString, prefix, cancellation);

    /// <summary>The same as people read it.</summary>
    public Task<JobOutcome> TableAsync(params string[] args) => Job.RunAsync(args, connectionString, prefix);

    public Task<JobOutcome> RunAsync(ScratchFolder work, params string[] args) => JobAsync(["run", "--work", work.Path, .. Quick(), .. args]);
}
