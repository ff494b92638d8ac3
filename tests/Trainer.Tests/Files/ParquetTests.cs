using Parquet;
using Parquet.Schema;
using SasRec.Trainer.Console;
using SasRec.Trainer.Files;

namespace SasRec.Trainer.Tests.Files;

public sealed class ParquetTests : IDisposable
{
    readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Columns_of_text_numbers_and_times_are_read()
    {
        DataField user = new DataField<long>("user_id"), item = new DataField<string>("item_id"), time = new DataField<DateTime>("created_at"), value = new DataField<double?>("rating");
        var schema = new ParquetSchema(user, item, time, value);
        await using (var stream = File.Create(scratch.File("x.parquet")))
        {
            await using var writer = await ParquetWriter.CreateAsync(schema, stream, cancellationToken: TestContext.Current.CancellationToken);
            for (var part = 0; part < 2; part++)
            {
                using var group = writer.CreateRowGroup();
                await group.WriteAsync<long>(user, new long[] { 1, 2 });
                await group.WriteAsync(item, new[] { $"日本 {part}", "b" });
                await group.WriteAsync<DateTime>(time, new[] { DateTime.UnixEpoch.AddSeconds(1700000000), DateTime.UnixEpoch.AddSeconds(1700000001) });
                await group.WriteAsync<double>(value, new double?[] { 4.5, null });
                group.CompleteValidate();
            }
        }

        var read = InteractionFile.Open(scratch.File("x.parquet")).Read().ToArray();

        Assert.Equal(4, read.Length);
        Assert.Equal(new FileInteraction(1, "1", "日本 0", DateTimeOffset.FromUnixTimeSeconds(1700000000), Value: 4.5), read[0]);
        Assert.Equal(new FileInteraction(4, "2", "b", DateTimeOffset.FromUnixTimeSeconds(1700000001)), read[3]);
    }

    [Fact]
    public void A_damaged_file_is_refused()
    {
        File.WriteAllText(scratch.File("x"), "PAR1 and nothing more");

        Assert.Contains("is not a Parquet file that can be read", Assert.Throws<UserError>(() => InteractionFile.Open(scratch.File("x"))).Message, StringComparison.Ordinal);
    }
}
