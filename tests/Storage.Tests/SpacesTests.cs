using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace SasRec.Storage.Tests;

public sealed class SpacesTests(StorageEmulator emulator)
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_deleted_space_leaves_nothing_and_the_others_keep_everything()
    {
        var storage = await Accounts.NewAsync(emulator);
        string[] all = ["outdoor", "outdoors"];
        foreach (var space in all)
        {
            await storage.In(space).EnsureCreatedAsync(Cancellation);
            await storage.In(space).Table(Names.ItemsTable).AddEntityAsync(new TableEntity("p", "r"), Cancellation);
            await storage.In(space).Queue(Names.InteractionsQueue).SendMessageAsync("a message", Cancellation);
            await storage.In(space).Container(Names.ModelsContainer).UploadBlobAsync("a blob", new BinaryData("text"), Cancellation);
        }

        Assert.Equal(all, await storage.SpacesAsync(Cancellation));
        var before = await NamesAsync(storage);
        Assert.Equal(13 * 3, before.Count);

        await storage.In("outdoor").DeleteAsync(Cancellation);

        var prefix = storage.Options.NamePrefix;
        Assert.Equal(before.Where(name => !name.StartsWith(prefix + "outdoor", StringComparison.Ordinal) || name.StartsWith(prefix + "outdoors", StringComparison.Ordinal)), await NamesAsync(storage));
        Assert.Equal(["outdoors"], await storage.SpacesAsync(Cancellation));
        Assert.False(await storage.In("outdoor").ExistsAsync(Cancellation));
        Assert.Equal("a message", (await storage.In("outdoors").Queue(Names.InteractionsQueue).PeekMessageAsync(Cancellation)).Value.MessageText);

        // Once more is no failure, and there is no way to delete the default space.
        await storage.In("outdoor").DeleteAsync(Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => storage.DeleteAsync(Cancellation));
    }

    [Fact]
    public async Task A_deletion_that_was_cut_off_is_still_listed()
    {
        var storage = await Accounts.NewAsync(emulator);
        await storage.In("outdoor").EnsureCreatedAsync(Cancellation);
        await storage.In("outdoor").Table(Names.FeedTable).DeleteAsync(Cancellation);
        await storage.In("outdoor").Container(Names.ModelsContainer).DeleteAsync(cancellationToken: Cancellation);

        Assert.Equal(["outdoor"], await storage.SpacesAsync(Cancellation));
        await storage.In("outdoor").DeleteAsync(Cancellation);
        Assert.Empty(await storage.SpacesAsync(Cancellation));
    }

    [Theory]
    [InlineData("outdoor", true)]
    [InlineData("b2b", true)]
    [InlineData("twentylettersatmost0", true)]
    [InlineData("twentylettersatmost01", false)]
    [InlineData("", false)]
    [InlineData("2nd", false)]
    [InlineData("Outdoor", false)]
    [InlineData("out-door", false)]
    [InlineData("outdoor\n", false)]
    [InlineData("poweruser", false)]
    public void A_space_has_a_name_that_tables_queues_and_containers_can_begin_with(string name, bool allowed)
    {
        Assert.Equal(allowed, SpaceName.IsAllowed(name));
        if (!allowed && name.Length > 0)
        {
            var storage = new StorageConnection(new StorageOptions { ConnectionString = "UseDevelopmentStorage=true" });
            Assert.Contains(SpaceName.Allowed, Assert.ThrowsAny<ArgumentException>(() => storage.In(name)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_two_spaces_can_have_a_table_queue_or_container_of_one_name()
    {
        // Two names can only be one where one ends as the other: the rest would then be the end of a space's name.
        foreach (var kind in new[] { Names.Tables, Names.Queues, Names.Containers })
        {
            var rests = from longer in kind
                        from shorter in kind
                        where longer != shorter && longer.EndsWith(shorter, StringComparison.OrdinalIgnoreCase)
                        select longer[..^shorter.Length].ToLowerInvariant();
            Assert.All(rests, rest => Assert.False(SpaceName.IsAllowed("a" + rest) || SpaceName.IsAllowed(rest), $"A space may end with {rest}."));
        }
    }

    static async Task<List<string>> NamesAsync(StorageConnection storage)
    {
        var (account, prefix) = (storage.Options.ConnectionString, storage.Options.NamePrefix);
        var found = new List<string>();
        found.AddRange(await new TableServiceClient(account).QueryAsync(cancellationToken: Cancellation).Select(table => table.Name).ToListAsync(Cancellation));
        found.AddRange(await new QueueServiceClient(account).GetQueuesAsync(cancellationToken: Cancellation).Select(queue => queue.Name).ToListAsync(Cancellation));
        found.AddRange(await new BlobServiceClient(account).GetBlobContainersAsync(cancellationToken: Cancellation).Select(container => container.Name).ToListAsync(Cancellation));
        return [.. found.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
    }
}
