using System.Globalization;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Training;
using SasRec.Trainer.Console;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Exchange;

/// <summary>Writes what the system holds as tables of Parquet: a folder for each table, a part for each bucket of users or each day.</summary>
/// <remarks>One bucket of users, or one row group of slots, is in memory; the catalogue is whole, as everywhere.</remarks>
/// <param name="storage">The account.</param>
/// <param name="folder">The folder.</param>
/// <param name="meanings">What events mean.</param>
/// <param name="terminal">Shows progress.</param>
sealed class DataExport(StorageConnection storage, PartFolder folder, EventMeanings meanings, Terminal terminal)
{
    readonly SnapshotStore snapshots = new(storage);

    /// <summary>Writes the interactions, and the sequences that training makes of them.</summary>
    /// <param name="snapshot">The training snapshot.</param>
    /// <param name="tables">Which of the two.</param>
    /// <param name="cancellation">Ends the call; finished parts stay.</param>
    public Task<long> UsersAsync(Snapshot snapshot, IReadOnlySet<ExportTable> tables, CancellationToken cancellation) =>
        terminal.MeterAsync("Exporting users", snapshot.Interactions, "interactions", async meter =>
        {
            var rows = 0L;
            for (var bucket = 0; bucket < UserBuckets.Count; bucket++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"part-{bucket:D2}.parquet");
                string[] missing = [.. tables.Select(table => NameOf(table, name)).Where(part => !folder.Parts.ContainsKey(part))];
                if (missing.Length > 0)
                {
                    var interactions = new List<Interaction>();
                    await foreach (var interaction in snapshots.ReadBucketAsync(snapshot, bucket, cancellation))
                    {
                        interactions.Add(interaction);
                    }

                    UserHistory[] users = [.. UserHistories.Of(interactions, int.MaxValue)];
                    rows += tables.Contains(ExportTable.Interactions)
                        ? await WriteAsync(NameOf(ExportTable.Interactions, name), ExportTables.Interactions, users.SelectMany(user => user.Newest.Reverse()), users.Length, cancellation)
                        : 0;
                    rows += tables.Contains(ExportTable.Sequences)
                        ? await WriteAsync(NameOf(ExportTable.Sequences, name), ExportTables.Sequences, Sequences(interactions), 0, cancellation)
                        : 0;
                }

                meter.Add(snapshot.CountOf(bucket));
            }

            return rows;
        });

    /// <summary>Writes slots and outcomes, a part for each day (UTC) in which slates were served.</summary>
    /// <param name="from">The first day.</param>
    /// <param name="until">The first moment that does not belong to it any more.</param>
    /// <param name="tables">Which of the two.</param>
    /// <param name="cancellation">Ends the call; finished parts stay.</param>
    public Task<long> SlatesAsync(DateTimeOffset from, DateTimeOffset until, IReadOnlySet<ExportTable> tables, CancellationToken cancellation)
    {
        var (days, options, log) = ((int)Math.Ceiling((until - from).TotalDays), new LedgerOptions { Meanings = meanings }, new ImpressionLog(storage));
        return terminal.MeterAsync("Exporting slates", days, "days", async meter =>
        {
            var rows = 0L;
            for (var day = from; day < until; day = day.AddDays(1))
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"{day.UtcDateTime:yyyy-MM-dd}.parquet");
                var end = day.AddDays(1) < until ? day.AddDays(1) : until;
                rows += tables.Contains(ExportTable.Impressions)
                    ? await DayAsync(NameOf(ExportTable.Impressions, name), ExportTables.Impressions, slate => SlotRow.Of(slate, options))
                    : 0;
                rows += tables.Contains(ExportTable.Outcomes)
                    ? await DayAsync(
                        NameOf(ExportTable.Outcomes, name), ExportTables.Outcomes,
                        slate => slate.Events.OrderBy(happened => happened.At).Select(happened => new OutcomeRow(slate.Impression.RecommendationId, happened)))
                    : 0;
                meter.Add(1);

                async Task<long> DayAsync<T>(string part, IReadOnlyList<Column<T>> columns, Func<ServedSlate, IEnumerable<T>> rowsOf)
                {
                    // Read twice where both tables are asked for: a day's slates need not fit in memory.
                    var written = await folder.WriteAsync(part, async path =>
                    {
                        await using var file = await ParquetRows<T>.CreateAsync(path, columns, cancellation);
                        await foreach (var slate in log.ScanSlatesAsync(day, end, cancellation))
                        {
                            foreach (var row in rowsOf(slate))
                            {
                                await file.AddAsync(row);
                            }
                        }

                        return new Part(file.Count);
                    });
                    return written?.Rows ?? 0;
                }
            }

            return rows;
        });
    }

    /// <summary>Writes the catalogue.</summary>
    public async Task<long> ItemsAsync(CancellationToken cancellation) => await WriteAsync(
        NameOf(ExportTable.Items, "part-00.parquet"),
        ExportTables.Items,
        (await new ItemStore(storage).ScanAsync(cancellation)).OrderBy(item => item.Id, StringComparer.Ordinal),
        0,
        cancellation);

    static string NameOf(ExportTable table, string file) => $"{table.ToString().ToLowerInvariant()}/{file}";

    async Task<long> WriteAsync<T>(string name, IReadOnlyList<Column<T>> columns, IEnumerable<T> rows, long users, CancellationToken cancellation)
    {
        var written = await folder.WriteAsync(name, async path =>
        {
            await using var file = await ParquetRows<T>.CreateAsync(path, columns, cancellation);
            foreach (var row in rows)
            {
                cancellation.ThrowIfCancellationRequested();
                await file.AddAsync(row);
            }

            return new Part(file.Count, users);
        });
        return written?.Rows ?? 0;
    }

    /// <summary>A bucket's users as training sees them: what is ignored or turned down is left out. Leave-one-out looks at one user at a time.</summary>
    IEnumerable<SequenceRow> Sequences(IEnumerable<Interaction> interactions)
    {
        var builder = new InteractionDatasetBuilder(meanings);
        foreach (var interaction in interactions)
        {
            builder.Add(interaction);
        }

        var data = builder.Build();
        var split = LeaveOneOut.Of(data.Sequences);
        var (validation, test) = (PlacesOf(split.Validation), PlacesOf(split.Test));
        for (var user = 0; user < data.Sequences.UserCount; user++)
        {
            for (var place = 0; place < data.Sequences.Length(user); place++)
            {
                var weights = data.Sequences.Weights(user);
                yield return new SequenceRow(
                    data.UserIds[user],
                    place,
                    data.Items[data.Sequences.Items(user)[place]],
                    DateTimeOffset.FromUnixTimeMilliseconds(data.Sequences.Times(user)[place]),
                    weights.IsEmpty ? 1 : weights[place],
                    place < split.Train.Length(user) ? "train"
                        : place == validation.GetValueOrDefault(user, -1) ? "validation"
                        : place == test.GetValueOrDefault(user, -1) ? "test"
                        : "rest");
            }
        }

        static Dictionary<int, int> PlacesOf(EvaluationCases cases) => cases.Users.ToDictionary(user => user, cases.Histories.Length);
    }
}
