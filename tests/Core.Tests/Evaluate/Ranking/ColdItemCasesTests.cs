using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;

namespace SasRec.Core.Tests.Evaluate.Ranking;

public class ColdItemCasesTests
{
    // Items 3 and 4 are cold. The first user took one of them, the second both, the third nothing else, the fourth neither.
    static readonly SequenceDataset Data = new(5, [0, 3, 6, 7, 8], [0, 3, 1, 4, 2, 3, 4, 0]);
    static readonly bool[] Cold = [false, false, false, true, true];

    [Fact]
    public void Cold_items_lose_every_action_and_are_asked_of_those_who_took_them_and_something_else()
    {
        var cases = ColdItemCases.Of(Data, Cold);

        Assert.Equal([3, 4], cases.Items);
        Assert.Equal(2, cases.Count);
        Assert.Equal([0, 1], cases.History(0).ToArray());
        Assert.Equal([2], cases.History(1).ToArray());
        Assert.Equal(4, cases.Train.InteractionCount);
        Assert.Equal(0, ItemCounts.AllTime(cases.Train)[3] + ItemCounts.AllTime(cases.Train)[4]);
    }

    [Fact]
    public void They_are_ranked_among_themselves_alone()
    {
        // Item 4 above item 3, all others higher than both: rank 2 of the first user's, ranks 1 and 2 of the second's.
        var ndcg = ColdItemCases.Of(Data, Cold).Ndcg(new PopularityScorer([9, 9, 9, 1, 2]), 10);

        Assert.Equal([1 / Math.Log2(3), 1], ndcg);
    }

    [Fact]
    public void A_draw_is_a_fifth_and_the_same_for_the_same_seed()
    {
        Assert.Equal(20, ColdItemCases.DrawFifth(103, 1).Count(drawn => drawn));
        Assert.Equal(ColdItemCases.DrawFifth(103, 1), ColdItemCases.DrawFifth(103, 1));
        Assert.NotEqual(ColdItemCases.DrawFifth(103, 1), ColdItemCases.DrawFifth(103, 2));
    }
}
