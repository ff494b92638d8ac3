using System.Collections.Concurrent;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>Reads files into one dataset: one thread reads and parses, another gathers.</summary>
static class DatasetReader
{
    const int Batches = 6;

    /// <summary>Reads files, each into its <see cref="InteractionFile.Summary"/> too.</summary>
    /// <param name="files">The files, all with times or all without.</param>
    /// <param name="options">What is left out; null keeps everything.</param>
    /// <param name="meanings">What events mean.</param>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="UserError">A line cannot be read, or only some of the files have times.</exception>
    public static InteractionDataset Read(
        IReadOnlyList<InteractionFile> files, DatasetOptions? options, EventMeanings meanings, Action<long>? onBytes, CancellationToken cancellation)
    {
        if (files.Any(file => file.HasTimes) && files.FirstOrDefault(file => !file.HasTimes) is { } untimed)
        {
            throw new UserError($"{untimed.Name} has no times, but {files.First(file => file.HasTimes).Name} has; read together all files need them.")
            {
                Code = ExitCode.Usage,
            };
        }

        var builder = new InteractionDatasetBuilder(meanings);
        foreach (var file in files)
        {
            Add(builder, file, onBytes, cancellation);
        }

        return builder.Build(options, cancellation: cancellation);
    }

    static void Add(InteractionDatasetBuilder builder, InteractionFile file, Action<long>? onBytes, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var full = new BlockingCollection<InteractionBatch>(Batches);
        using var free = new BlockingCollection<InteractionBatch>(Batches);
        for (var i = 0; i < Batches; i++)
        {
            free.Add(new InteractionBatch(), CancellationToken.None);
        }

        var reading = Task.Run(
            () =>
            {
                try
                {
                    Fill(file, builder.Meanings, full, free, onBytes, stop.Token);
                }
                finally
                {
                    full.CompleteAdding();
                }
            },
            CancellationToken.None);
        try
        {
            List<InteractionBatch>? reversed = file.Options.Order == LineOrder.NewestFirst ? [] : null;
            foreach (var batch in full.GetConsumingEnumerable(cancellation))
            {
                if (reversed is not null)
                {
                    reversed.Add(batch);
                    free.Add(new InteractionBatch(), cancellation);
                    continue;
                }

                builder.Add(batch, file.HasTimes);
                free.Add(batch, cancellation);
            }

            reading.GetAwaiter().GetResult();
            foreach (var batch in reversed?.AsEnumerable().Reverse() ?? [])
            {
                builder.Add(batch, file.HasTimes, newestFirst: true);
            }
        }
        finally
        {
            stop.Cancel();
            reading.ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        }
    }

    static void Fill(
        InteractionFile file,
        EventMeanings meanings,
        BlockingCollection<InteractionBatch> full,
        BlockingCollection<InteractionBatch> free,
        Action<long>? onBytes,
        CancellationToken stop)
    {
        using var reader = file.OpenReader();
        var told = 0L;
        var batch = free.Take(stop);
        batch.Clear();
        while (reader.Next())
        {
            var meaning = reader.Type is { } type ? meanings.Of(type, reader.Value) : EventMeaning.Action;
            if (!batch.TryAdd(reader.User, reader.Item, reader.Time, meaning))
            {
                full.Add(batch, stop);
                onBytes?.Invoke(reader.Position - told);
                told = reader.Position;
                batch = free.Take(stop);
                batch.Clear();
                batch.TryAdd(reader.User, reader.Item, reader.Time, meaning);
            }
        }

        full.Add(batch, stop);
        onBytes?.Invoke(reader.Position - told);
        file.Found(reader.Summary);
    }
}
