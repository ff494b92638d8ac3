namespace SasRec.Storage.Tests;

public class StorageOptionsTests
{
    static StorageOptions Read(params (string Name, string Value)[] settings) =>
        StorageOptions.Read(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));

    [Fact]
    public void A_connection_string_is_enough() =>
        Assert.Equal("UseDevelopmentStorage=true", Read((Names.Connection, "UseDevelopmentStorage=true")).ConnectionString);

    [Theory]
    [InlineData("__")]
    [InlineData(":")]
    public void An_identity_needs_three_addresses(string divider)
    {
        var options = Read(
            ($"AzureWebJobsStorage{divider}blobServiceUri", "https://a.blob.core.windows.net"),
            ($"AzureWebJobsStorage{divider}queueServiceUri", "https://a.queue.core.windows.net"),
            ($"AzureWebJobsStorage{divider}tableServiceUri", "https://a.table.core.windows.net"),
            ($"AzureWebJobsStorage{divider}clientId", "id"),
            ($"Storage{divider}FeedMargin", "00:00:03"),
            ($"Storage{divider}FeedLag", "00:00:07"),
            ($"Storage{divider}NamePrefix", "staging"));
        Assert.Equal(new StorageOptions
        {
            BlobServiceUri = new Uri("https://a.blob.core.windows.net"),
            QueueServiceUri = new Uri("https://a.queue.core.windows.net"),
            TableServiceUri = new Uri("https://a.table.core.windows.net"),
            ClientId = "id",
            FeedMargin = TimeSpan.FromSeconds(3),
            FeedLag = TimeSpan.FromSeconds(7),
            NamePrefix = "staging",
        }, options);
        _ = new StorageConnection(options);
    }

    [Fact]
    public void An_account_name_stands_for_its_addresses() =>
        Assert.Equal(new Uri("https://acc.table.core.windows.net"), Read(("AzureWebJobsStorage__accountName", "acc")).TableServiceUri);

    [Theory]
    [InlineData("Storage__Parallelism", "many", "Storage__Parallelism", "many")]
    [InlineData("Storage__FeedMargin", "00:00:01", "Storage__FeedMargin", "Found: 00:00:01")]
    [InlineData("Storage__FeedLag", "00:01:00", "Storage__FeedLag", "Found: 00:01:00")]
    [InlineData("Storage__NamePrefix", "A-b", "Storage__NamePrefix", "Found: A-b")]
    [InlineData("AzureWebJobsStorage__blobServiceUri", "nowhere", "blobServiceUri", "nowhere")]
    public void A_wrong_value_is_named(string name, string value, string named, string found)
    {
        var e = Assert.ThrowsAny<Exception>(() => Read((Names.Connection, "UseDevelopmentStorage=true"), (name, value)));
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.Contains(found, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_out_of_range_is_named_with_its_range() =>
        Assert.Equal(
            "Storage__Parallelism must be 1 to 256. Found: 0.",
            Assert.Throws<ArgumentException>(() => Read((Names.Connection, "UseDevelopmentStorage=true"), ("Storage__Parallelism", "0"))).Message);

    [Theory]
    [InlineData("Storage__Paralelism")]
    [InlineData("Storage:Paralelism")]
    [InlineData("Storage__Parallelism__Most")]
    public void An_unknown_name_is_refused(string name)
    {
        var e = Assert.Throws<ArgumentException>(() => Read((Names.Connection, "UseDevelopmentStorage=true"), (name, "8")));
        Assert.Contains($"{name.Replace(":", "__", StringComparison.Ordinal)} is unknown", e.Message, StringComparison.Ordinal);
        Assert.Contains("Storage__Parallelism", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_case_of_a_name_does_not_count()
    {
        Dictionary<string, string?> settings = new()
        {
            [Names.Connection] = "UseDevelopmentStorage=true", ["storage:parallelism"] = "8", ["Storage"] = null, ["StorageOther__A"] = "b",
        };
        Assert.Equal(8, StorageOptions.Read(settings).Parallelism);
    }

    [Fact]
    public void No_account_is_named_too() =>
        Assert.Contains(Names.Connection, Assert.Throws<ArgumentException>(() => Read()).Message, StringComparison.Ordinal);
}
