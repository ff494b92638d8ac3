using System.Text;
using SasRec.Core.Response;

namespace SasRec.Core.Tests.Response;

public sealed class ServedResponseTests
{
    static readonly ServedResponse Response = new(
        ServedResponse.KnownFormat,
        "sasrec",
        0.5,
        [-1, -2],
        new Dictionary<string, RecommenderResponse> { ["sasrec"] = new(0.1, 0.5, -0.7, 3, 2) },
        new Dictionary<string, double> { ["cold"] = 0.2 },
        [0.4, -0.8]);

    [Fact]
    public void What_is_added_to_a_score_is_the_share_of_the_items_term_in_units_of_the_score() =>

        // 0.5 x 0.4 / 0.5 x 2 and 0.5 x -0.8 / 0.5 x 2.
        Assert.Equal([0.8f, -1.6f], Response.Terms()!);

    [Theory]
    [InlineData(1, 5.0, 0, "cold", -1 + 0.1 + 0.5 + 0.2 + 0.4)]
    [InlineData(2, 3.0, 1, "other", -2 + 0.1 - 0.8)]
    [InlineData(9, 3.0, 7, "cold", -2 + 0.1 + 0.2)]
    [InlineData(1, null, 7, "cold", -1 + 0.1 - 0.7 + 0.2)]
    public void The_probability_is_the_logistic_of_the_sum_of_the_terms(int rank, double? score, int item, string segment, double logit) =>
        Assert.Equal(1 / (1 + Math.Exp(-logit)), Response.Probability("sasrec", rank, score, item, segment)!.Value, 1e-12);

    [Fact]
    public void Of_a_recommender_without_slates_nothing_is_told() => Assert.Null(Response.Probability("similar", 1, 0, 0, "cold"));

    [Fact]
    public void Nothing_is_added_without_strength_or_where_the_score_says_nothing()
    {
        Assert.Null((Response with { Strength = 0 }).Terms());
        Assert.Null((Response with { Recommenders = new Dictionary<string, RecommenderResponse> { ["sasrec"] = new(0, -0.1, 0, 0, 1) } }).Terms());
        Assert.Null((Response with { Network = "other" }).Terms());
    }

    [Fact]
    public void A_file_is_read_as_it_was_written()
    {
        using var file = new MemoryStream();
        Response.Write(file);
        file.Position = 0;
        var read = ServedResponse.Read(file);
        Assert.Equal(Response.Terms()!, read.Terms()!);
        Assert.Equal(Response.Probability("sasrec", 1, 4, 1, "cold"), read.Probability("sasrec", 1, 4, 1, "cold"));
    }

    [Theory]
    [InlineData("""{}""", "a field is missing")]
    [InlineData("""{"formatVersion":2,"network":"n","strength":0,"ranks":[0],"sources":{},"segments":{},"items":[]}""", "its format is 2")]
    [InlineData("""{"formatVersion":1,"network":"n","strength":2,"ranks":[0],"sources":{},"segments":{},"items":[]}""", "its strength is 2")]
    [InlineData("""{"formatVersion":1,"network":"n","strength":0,"ranks":[],"sources":{},"segments":{},"items":[]}""", "it has no ranks")]
    [InlineData("""not JSON""", "cannot be read")]
    public void A_broken_file_is_refused_and_says_why(string json, string why)
    {
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(json));
        Assert.Contains(why, Assert.Throws<InvalidDataException>(() => ServedResponse.Read(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_scale_has_the_mean_and_the_deviation_of_the_scores()
    {
        var scale = ScoreScale.Of([1, 3, 5, 7]);
        Assert.Equal((4, Math.Sqrt(5)), (scale.Mean, scale.Deviation));
        Assert.Equal(-3 / Math.Sqrt(5), scale.Standard(1), 1e-12);
        Assert.Equal(ScoreScale.Unit, ScoreScale.Of([]));
        Assert.Equal(1, ScoreScale.Of([2, 2]).Deviation);
    }
}
