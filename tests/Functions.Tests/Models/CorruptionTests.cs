using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Models;

/// <summary>Files that were cut short: what serves goes on, health names them, and the documented way mends them.</summary>
public class CorruptionTests
{
    [Fact]
    public async Task Corrupt_files_are_served_on_named_and_mended()
    {
        await using var app = await TestApp.StartAsync("Logging:LogLevel:Default=None");
        var version = await new TestModel(10).PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(version);
        await app.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id = "item 1", title = "One" }, new { id = "item 2", title = "Two" } } });

        var models = app.Storage.Container(Names.ModelsContainer);
        await CutAsync(models.GetBlobClient(Names.ModelBlobs.Current));
        await CutAsync(app.Storage.Container(Names.TrainingContainer).GetBlobClient(Names.TrainingBlobs.Snapshot));
        var rows = app.Storage.Table(Names.ItemsTable);
        await foreach (var row in rows.QueryAsync<TableEntity>())
        {
            if (row.RowKey.Contains('1', StringComparison.Ordinal))
            {
                row["Data0"] = Encoding.UTF8.GetBytes("{\"id\":");
                await rows.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace);
            }
        }

        await Eventually.TrueAsync("health names both files", async () => (await ProblemsAsync(app)) is var problems
            && problems.Contains("models/current.json", StringComparison.Ordinal)
            && problems.Contains("restore --snapshot", StringComparison.Ordinal));
        Assert.Equal(version, (await app.GetAsync("/api/models")).GetProperty("current").GetString());
        await app.PostAsync("/api/retrain", "", 503);

        // A new instance has the newest model too, and withholds what it cannot read.
        await using var second = await app.StartAnotherAsync("Logging:LogLevel:Default=None");
        await second.ServesAsync(version);
        await Eventually.TrueAsync("health names the row", async () =>
            (await ProblemsAsync(second)).Contains("1 rows of the catalogue cannot be read", StringComparison.Ordinal));
        var slate = await second.PostAsync("/api/recommendations", new { history = new[] { "item 3" }, k = 9 }, 200);
        Assert.Equal(version, slate.GetProperty("modelVersion").GetString());
        Assert.DoesNotContain("item 1", slate.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("itemId").GetString()));

        await app.PostAsync($"/api/models/{version}/activate", new { reason = "the pointer was cut" }, 200);
        await new SasRec.Storage.Training.SnapshotStore(app.Storage).RebuildAsync(_ => { });
        await app.SendAsync(HttpMethod.Put, "/api/items", 200, new { items = new[] { new { id = "item 1", title = "One" } } });
        await Eventually.TrueAsync("all is mended", async () => await ProblemsAsync(app) is "" && await ProblemsAsync(second) is "");
    }

    static async Task<string> ProblemsAsync(TestApp app) =>
        string.Join('\n', (await app.HealthAsync()).GetProperty("problems").EnumerateArray().Select(p => p.GetString()));

    static async Task CutAsync(BlobClient blob) => await blob.UploadAsync(new BinaryData("{\"version\":\"2026"), overwrite: true);
}
