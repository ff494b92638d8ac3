using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Storage.Training;

namespace SasRec.Trainer.Tests.Commands;

public sealed class SpacesTests(StorageEmulator emulator)
{
    readonly string prefix = StorageEmulator.Unique();

    [Fact]
    public async Task Spaces_are_listed_with_their_state_worked_in_and_deleted()
    {
        var storage = new StorageConnection(new StorageOptions { ConnectionString = emulator.ConnectionString, NamePrefix = prefix });
        await storage.In("outdoor").EnsureCreatedAsync();
        await storage.In("kitchen").EnsureCreatedAsync();
        await new ItemStore(storage.In("outdoor")).PutAsync([new CatalogueItem { Id = "tent", Title = "A tent" }, new CatalogueItem { Id = "stove", Title = "A stove" }]);
        await new InteractionLog(storage.In("outdoor")).AppendAsync(
            [.. Enumerable.Range(0, 3).Select(i => new Interaction { EventId = $"e{i}", UserId = "ann", ItemId = "tent", Timestamp = DateTimeOffset.UtcNow })]);

        var listed = (await RunAsync("spaces", "--json")).Json.EnumerateArray().ToArray();
        Assert.Equal(["", "kitchen", "outdoor"], listed.Select(space => space.GetProperty("space").GetString()));
        Assert.Equal([0, 0, 3], listed.Select(space => space.GetProperty("events").GetInt32()));
        Assert.Equal([0, 0, 2], listed.Select(space => space.GetProperty("items").GetInt32()));

        Assert.Equal(ExitCode.Ok, (await RunAsync("run", "--space", "kitchen", "--min-new", "1")).Code);
        Assert.Contains("kitchen                          0          0  none", (await RunAsync("spaces")).Output, StringComparison.Ordinal);
        Assert.Single(await new RunLog(storage.In("kitchen")).ListAsync());
        Assert.Empty(await new RunLog(storage.In("outdoor")).ListAsync());

        var asked = await RunAsync("spaces", "delete", "outdoor");
        Assert.Equal((ExitCode.Usage, true), (asked.Code, asked.Error.Contains("--yes deletes the space 'outdoor'", StringComparison.Ordinal)));
        await using (await SingleFlight.TryAcquireAsync(storage.In("outdoor"), Names.RetrainLease))
        {
            Assert.Equal(ExitCode.LeaseHeld, (await RunAsync("spaces", "delete", "outdoor", "--yes")).Code);
        }

        Assert.Equal(["kitchen", "outdoor"], await storage.SpacesAsync());
        Assert.Equal(ExitCode.Ok, (await RunAsync("spaces", "delete", "outdoor", "--yes")).Code);
        Assert.Equal(["kitchen"], await storage.SpacesAsync());
    }

    [Theory]
    [InlineData("run", "--space", "gone")]
    [InlineData("models", "--space", "Not A Name")]
    [InlineData("spaces", "delete", "gone", "--yes")]
    public async Task A_space_that_there_is_not_is_refused_and_not_made(params string[] args)
    {
        var refused = await RunAsync(args);
        Assert.Equal((ExitCode.Usage, true), (refused.Code, refused.Error.StartsWith("There is no space '", StringComparison.Ordinal)));
        Assert.Empty(await new StorageConnection(new StorageOptions { ConnectionString = emulator.ConnectionString, NamePrefix = prefix }).SpacesAsync());
    }

    Task<JobOutcome> RunAsync(params string[] args) => Job.RunAsync(args, emulator.ConnectionString, prefix);
}
