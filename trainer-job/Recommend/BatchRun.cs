using SasRec.Core.Events;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.Exchange;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Recommend;

/// <summary>Recommends to all users of the log, or to some, one bucket of users after the other: a bucket is a part of the folder.</summary>
/// <param name="storage">The account.</param>
/// <param name="recommender">Makes the slates.</param>
/// <param name="meanings">What events mean.</param>
/// <param name="historyLength">How many of a user's newest interactions are read.</param>
/// <param name="threads">How many users at once; 0 for one a core.</param>
sealed class BatchRun(StorageConnection storage, BatchRecommender recommender, EventMeanings meanings, int historyLength, int threads)
{
    // Slates that wait to be written.
    const int Together = 1024;

    readonly SnapshotStore snapshots = new(storage);
    readonly ParallelOptions parallel = new() { MaxDegreeOfParallelism = threads == 0 ? Environment.ProcessorCount : threads };

    /// <summary>Writes the parts that are missing.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="format">How they are written.</param>
    /// <param name="modelVersion">The model.</param>
    /// <param name="snapshot">What users did.</param>
    /// <param name="listed">The only users; null for all of the log.</param>
    /// <param name="terminal">Shows progress.</param>
    /// <param name="cancellation">Ends the run; finished parts stay.</param>
    /// <returns>How many users this call recommended to.</returns>
    public Task<long> WriteAsync(
        PartFolder folder, BatchFormat format, string modelVersion, Snapshot snapshot, IReadOnlyCollection<string>? listed, Terminal terminal,
        CancellationToken cancellation)
    {
        var byBucket = listed?.ToLookup(UserBuckets.Of);
        (int Bucket, string Name)[] buckets =
        [
            .. Enumerable.Range(0, UserBuckets.Count).Where(bucket => byBucket?.Contains(bucket) != false)
                .Select(bucket => (bucket, FormattableString.Invariant($"part-{bucket:D2}.{BatchFile.Ending(format)}")))
                .Where(part => !folder.Parts.ContainsKey(part.Item2)),
        ];
        var total = buckets.Sum(part => snapshot.CountOf(part.Bucket));
        return terminal.MeterAsync("Recommending", total, "interactions", async meter =>
        {
            var pace = new BatchPace(meter, terminal.Time, total);
            foreach (var (bucket, name) in buckets)
            {
                await folder.WriteAsync(name, async path =>
                {
                    var histories = await HistoriesAsync(snapshot, bucket, byBucket?[bucket], cancellation);
                    await using var file = await BatchFile.CreateAsync(format, path, modelVersion, cancellation);
                    var users = 0L;
                    foreach (var together in histories.Chunk(Together))
                    {
                        var slates = new BatchSlate[together.Length];
                        Parallel.For(0, slates.Length, parallel, i => slates[i] = recommender.Recommend(together[i].UserId, TasteOf(together[i])));
                        foreach (var slate in slates)
                        {
                            await file.AddAsync(slate);
                        }

                        cancellation.ThrowIfCancellationRequested();
                        users += slates.Length;
                        pace.Add(slates.Length, together.Sum(history => history.Newest.Count));
                    }

                    return new Part(file.Count, users);
                });
                pace.EndOf(snapshot.CountOf(bucket));
            }

            return pace.Users;
        });
    }

    UserTaste TasteOf(UserHistory history) =>
        meanings.TasteOf([.. history.Newest.Select(interaction => new UserAction(interaction.ItemId, interaction.Type, interaction.Value))]);

    /// <summary>The histories of a bucket's users; of those who are listed and did nothing, empty ones.</summary>
    async Task<IEnumerable<UserHistory>> HistoriesAsync(Snapshot snapshot, int bucket, IEnumerable<string>? listed, CancellationToken cancellation)
    {
        var only = listed?.ToHashSet(StringComparer.Ordinal);
        var interactions = new List<Interaction>();
        await foreach (var interaction in snapshots.ReadBucketAsync(snapshot, bucket, cancellation))
        {
            if (only?.Contains(interaction.UserId) != false)
            {
                interactions.Add(interaction);
            }
        }

        foreach (var interaction in interactions)
        {
            only?.Remove(interaction.UserId);
        }

        return UserHistories.Of(interactions, historyLength)
            .Concat((only ?? []).Order(StringComparer.Ordinal).Select(user => new UserHistory(user, [])));
    }
}

/// <summary>How fast a batch is: users a second, and the time left by the share of the log that is done.</summary>
/// <param name="meter">What shows it.</param>
/// <param name="time">The clock.</param>
/// <param name="total">How many interactions there are to read.</param>
sealed class BatchPace(Meter meter, TimeProvider time, long total)
{
    readonly long started = time.GetTimestamp();
    long finished, inPart;

    /// <summary>How many users were recommended to.</summary>
    public long Users { get; private set; }

    /// <summary>Counts users.</summary>
    /// <param name="users">How many.</param>
    /// <param name="interactions">How many interactions of theirs were read.</param>
    public void Add(long users, long interactions)
    {
        (Users, inPart) = (Users + users, inPart + interactions);
        Show();
    }

    /// <summary>Ends a part.</summary>
    /// <param name="interactions">How many interactions it had, those that no slate needed included.</param>
    public void EndOf(long interactions)
    {
        (finished, inPart) = (finished + interactions, 0);
        Show();
    }

    void Show()
    {
        var (done, elapsed) = (Math.Min(total, finished + inPart), time.GetElapsedTime(started));
        var left = done > 0 && done < total ? $", {Meter.Duration(elapsed * ((double)(total - done) / done))} left" : "";
        meter.Set(done, FormattableString.Invariant($"{Users / Math.Max(1e-3, elapsed.TotalSeconds):N0} users/s{left}"));
    }
}
