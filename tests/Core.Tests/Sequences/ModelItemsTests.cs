using System.Text;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Sequences;

public class ModelItemsTests
{
    const long Day = 24 * 60 * 60 * 1000;

    [Fact]
    public void Counts_are_of_all_time_and_of_the_last_seven_days()
    {
        var sequences = new SequenceDataset(3, [0, 3, 5], [0, 1, 1, 1, 2], [0, (3 * Day) - 1, 10 * Day, 3 * Day, 9 * Day]);

        var catalogue = ModelItems.Of(new ItemVocabulary(["a", "b", "c"]), sequences);

        Assert.Equal([1, 3, 1], catalogue.Counts);
        Assert.Equal([0, 2, 1], catalogue.RecentCounts);
    }

    [Fact]
    public void Without_times_nothing_is_recent()
    {
        Assert.Equal([0], ModelItems.Of(new ItemVocabulary(["a"]), new SequenceDataset(1, [0, 2], [0, 0])).RecentCounts);
    }

    [Fact]
    public async Task What_is_written_is_read_back_with_any_Unicode()
    {
        var written = new ModelItems(new ItemVocabulary(["日本", "\"quoted\"", "🎮"]), [3, 2, 1], [1, 0, 0]);
        using var stream = new MemoryStream();
        await written.WriteAsync(stream);
        stream.Position = 0;

        var read = await ModelItems.ReadAsync(stream);

        Assert.Equal(written.Items.Ids, read.Items.Ids);
        Assert.Equal([3, 2, 1], read.Counts);
        Assert.Equal([1, 0, 0], read.RecentCounts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"ids":["a"],"counts":[1]}""")]
    [InlineData("""{"ids":["a","a"],"counts":[1,1],"recentCounts":[0,0]}""")]
    [InlineData("""{"ids":["a"],"counts":[1,2],"recentCounts":[0]}""")]
    [InlineData("""{"ids":["a"],"counts":[-1],"recentCounts":[0]}""")]
    [InlineData("""{"ids":["a"],"counts":[1],"recentCounts":[-1]}""")]
    public async Task A_broken_catalogue_is_refused(string json)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => ModelItems.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json))));
    }
}
