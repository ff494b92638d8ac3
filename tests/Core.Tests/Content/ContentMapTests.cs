using SasRec.Core.Content;
using SasRec.Core.Items;

namespace SasRec.Core.Tests.Content;

public class ContentMapTests
{
    [Fact]
    public void The_features_of_a_field_share_its_weight()
    {
        var features = ContentFeatures.Of(new CatalogueItem { Id = "1", Title = "!", Categories = ["a", "b", "c", "d"] });

        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], features.Select(feature => feature.Value));
    }

    [Theory]
    [InlineData("Der Pate II", "DER PATE, TEIL II")]
    [InlineData("Война и мир", "война")]
    [InlineData("千と千尋の神隠し", "千尋")]
    [InlineData("경복궁 야간 관람", "창덕궁 야간")]
    [InlineData("लगान", "लगान 2")]
    public void Titles_that_share_a_word_share_features_in_any_script(string one, string other)
    {
        Assert.NotEmpty(Hashes(new CatalogueItem { Id = "1", Title = one }).Intersect(Hashes(new CatalogueItem { Id = "2", Title = other })));
        Assert.Empty(Hashes(new CatalogueItem { Id = "1", Title = one }).Intersect(Hashes(new CatalogueItem { Id = "2", Title = "xq" })));
    }

    [Fact]
    public void Near_numbers_share_more_features_than_far_ones()
    {
        int Shared(string a, string b) => Hashes(With(a)).Intersect(Hashes(With(b))).Count();

        Assert.Equal(4, Shared("""{"year":1995}""", """{"year":"1995"}"""));
        Assert.Equal(3, Shared("""{"year":1995}""", """{"year":1996}"""));
        Assert.Equal(1, Shared("""{"year":1995}""", """{"year":2100}"""));
        Assert.Equal(0, Shared("""{"year":1995}""", """{"price":1995}"""));
        static CatalogueItem With(string attributes) => new() { Id = "1", Title = "!", Attributes = attributes };
    }

    [Fact]
    public void An_embedding_is_the_intercept_and_the_rows_of_the_known_features_by_their_values()
    {
        var item = new CatalogueItem { Id = "1", Title = "!", Categories = ["a", "b"] };
        var hashes = Hashes(item).ToArray();
        var map = new ContentMap([hashes[1], 7], [2, 4, 100, 100], [1, -1]);
        var embedding = new float[2];

        Assert.True(map.TryEmbed(item, embedding));

        Assert.Equal([1 + (2 / MathF.Sqrt(2)), -1 + (4 / MathF.Sqrt(2))], embedding);
        Assert.False(map.TryEmbed(item with { Categories = ["c"] }, embedding));
        Assert.Equal([1, -1], embedding);
    }

    [Fact]
    public void A_file_holds_the_map_and_a_broken_one_is_refused_with_what_is_wrong()
    {
        var map = new ContentMap([3, 1], [1, 2, 3, 4], [5, 6]);
        using var stream = new MemoryStream();
        ContentFile.Write(map, stream);

        var read = ContentFile.Read(new MemoryStream(stream.ToArray()));

        Assert.Equal((map.Hashes, map.Rows, map.Intercept), (read.Hashes, read.Rows, read.Intercept), (a, b) => a.Item1.SequenceEqual(b.Item1) && a.Item2.SequenceEqual(b.Item2) && a.Item3.SequenceEqual(b.Item3));
        Assert.Throws<InvalidDataException>(() => ContentFile.Read(new MemoryStream(stream.ToArray()[..^1])));
        Assert.Contains("CNTT", Assert.Throws<InvalidDataException>(() => ContentFile.Read(new MemoryStream(new byte[40]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new ContentMap([1], [float.NaN], [0]));
        Assert.Throws<ArgumentException>(() => new ContentMap([1, 1], [0, 0], [0]));
    }

    static IEnumerable<uint> Hashes(CatalogueItem item) => ContentFeatures.Of(item).Select(feature => feature.Hash);
}
