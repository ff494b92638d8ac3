using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SasRec.Trainer.Exchange;

namespace SasRec.Trainer.Recommend;

/// <summary>What is recommended to one user.</summary>
/// <param name="UserId">Whom.</param>
/// <param name="Recommender">The recommender.</param>
/// <param name="Items">By rank; none where nothing is eligible.</param>
sealed record BatchSlate(string UserId, string Recommender, IReadOnlyList<BatchItem> Items);

/// <summary>One item of it.</summary>
/// <param name="ItemId">Which.</param>
/// <param name="Rank">1 for the first.</param>
/// <param name="Score">What it was ranked by; null where the recommender has none for it, or a rule put it there.</param>
/// <param name="Forced">Whether a rule put it there.</param>
sealed record BatchItem(string ItemId, int Rank, double? Score, bool Forced);

/// <summary>How recommendations are written.</summary>
enum BatchFormat
{
    /// <summary>A user on each line.</summary>
    JsonLines,

    /// <summary>A recommended item in each row.</summary>
    Parquet,
}

/// <summary>A file of recommendations.</summary>
abstract class BatchFile : IAsyncDisposable
{
    /// <summary>Begins a file.</summary>
    public static async Task<BatchFile> CreateAsync(BatchFormat format, string path, string modelVersion, CancellationToken cancellation) => format switch
    {
        BatchFormat.Parquet => new Rows(await ParquetRows<Row>.CreateAsync(path, Columns, cancellation), modelVersion),
        _ => new Lines(path, modelVersion),
    };

    /// <summary>The columns of the Parquet form.</summary>
    public static IReadOnlyList<Column<Row>> Columns { get; } =
    [
        Column<Row>.Text("user_id", "Whom it is recommended to. A user for whom nothing is eligible has no row.", row => row.Slate.UserId),
        Column<Row>.Integer("rank", "1 for the first.", row => row.Item.Rank),
        Column<Row>.Text("item_id", "What is recommended.", row => row.Item.ItemId),
        Column<Row>.NumberOrNull("score", "What it was ranked by, comparable within one user alone; null for a pinned item.", row => row.Item.Score),
        Column<Row>.Text("source", "The recommender: sasrec, popularity or similar.", row => row.Slate.Recommender),
        Column<Row>.Flag("forced", "Whether a rule put it there.", row => row.Item.Forced),
        Column<Row>.Text("model_version", "The model.", row => row.ModelVersion),
    ];

    /// <summary>The ending of a format's files.</summary>
    public static string Ending(BatchFormat format) => format == BatchFormat.Parquet ? "parquet" : "jsonl";

    /// <summary>How many rows were written.</summary>
    public abstract long Count { get; }

    /// <summary>Writes one user's.</summary>
    public abstract ValueTask AddAsync(BatchSlate slate);

    public abstract ValueTask DisposeAsync();

    /// <summary>A row of the Parquet form.</summary>
    internal readonly record struct Row(BatchSlate Slate, BatchItem Item, string ModelVersion);

    sealed class Rows(ParquetRows<Row> rows, string modelVersion) : BatchFile
    {
        public override long Count => rows.Count;

        public override async ValueTask AddAsync(BatchSlate slate)
        {
            foreach (var item in slate.Items)
            {
                await rows.AddAsync(new Row(slate, item, modelVersion));
            }
        }

        public override ValueTask DisposeAsync() => rows.DisposeAsync();
    }

    sealed class Lines(string path, string modelVersion) : BatchFile
    {
        readonly FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16);
        readonly ArrayBufferWriter<byte> line = new();
        long count;

        public override long Count => count;

        public override async ValueTask AddAsync(BatchSlate slate)
        {
            line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartObject();
                json.WriteString("userId", slate.UserId);
                json.WriteString("modelVersion", modelVersion);
                json.WriteString("source", slate.Recommender);
                json.WriteStartArray("items");
                foreach (var item in slate.Items)
                {
                    Write(json, item);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            line.Write("\n"u8);
            await file.WriteAsync(line.WrittenMemory);
            count++;
        }

        public override ValueTask DisposeAsync() => file.DisposeAsync();

        static void Write(Utf8JsonWriter json, BatchItem item)
        {
            json.WriteStartObject();
            json.WriteString("itemId", item.ItemId);
            json.WriteNumber("rank", item.Rank);
            if (item.Score is { } score)
            {
                json.WriteNumber("score", score);
            }

            if (item.Forced)
            {
                json.WriteBoolean("forced", true);
            }

            json.WriteEndObject();
        }
    }
}
