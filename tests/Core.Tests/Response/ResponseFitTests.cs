using SasRec.Core.Explore;
using SasRec.Core.Response;

namespace SasRec.Core.Tests.Response;

/// <summary>The response model against a truth that is known, because the slots were made from it.</summary>
public sealed class ResponseFitTests
{
    const int Items = 40;
    const int Ranks = 6;

    [Fact]
    public void Ranks_slope_and_items_of_a_known_truth_are_found()
    {
        var truth = new Truth(seed: 1);
        var model = ResponseFit.Of(truth.Slots(200_000), Items);
        for (var rank = 1; rank <= Ranks; rank++)
        {
            Assert.Equal(Math.Exp(-0.4 * (rank - 1)), model.Examination(rank), 0.06);
        }

        Assert.Equal(0.8, model.Slope(0), 0.05);
        Assert.Equal(0.3, model.Slope(1), 0.05);
        for (var item = 0; item < Items; item++)
        {
            Assert.Equal(truth.Item[item] - truth.Item.Average(), model.Items[item] - Mean(model.Items), 0.2);
        }
    }

    [Fact]
    public void The_probability_is_calibrated_item_by_item_and_rank_by_rank()
    {
        var truth = new Truth(seed: 2);
        var model = ResponseFit.Of(truth.Slots(100_000), Items);
        var fresh = truth.Slots(100_000, seed: 77);
        foreach (var group in fresh.GroupBy(slot => slot.Rank).Concat(fresh.GroupBy(slot => 1_000 + slot.Item)))
        {
            var (taken, told) = (group.Average(slot => slot.Taken ? 1.0 : 0), group.Average(model.Probability));
            Assert.Equal(taken, told, 0.02 + (3 * Math.Sqrt(taken * (1 - taken) / group.Count())));
        }
    }

    [Fact]
    public void Two_slots_are_fitted_as_worked_out_by_hand()
    {
        // One rank, one source, one segment, one item without a score, so all terms but the slope move together. With precision 1 for the four
        // common terms and 4 for the item, their sum is z, and a term's share of z goes with 1 / precision: 4 + 1 / 4 = 4.25 in all.
        // One taken, none passed over: z = 4.25 (1 - p(z)), so z = 1.2466...
        ServedSlot[] slots = [new(1, null, 0, 0, 0, true, false)];
        var model = ResponseFit.Of(slots, 1, new ResponseOptions { TermPrecision = 1, ItemPrecision = 4 });
        var z = Math.Log(model.Probability(slots[0]) / (1 - model.Probability(slots[0])));
        Assert.Equal(4.25 / (1 + Math.Exp(z)), z, 1e-6);
        Assert.Equal(z * 0.25 / 4.25, model.Items[0], 1e-6);
    }

    [Fact]
    public void Little_evidence_moves_an_item_little_and_none_not_at_all()
    {
        var slots = new Truth(seed: 3).Slots(20_000).Where(slot => slot.Item != 5).ToList();
        var few = ResponseFit.Of([.. slots.Where(slot => slot.Item != 6), new ServedSlot(1, 0, 6, 0, 0, true, false)], Items);
        Assert.Equal(0, few.Items[5]);
        Assert.InRange(few.Items[6], 0.05, 0.25);
    }

    [Fact]
    public void An_item_that_stood_low_is_not_taken_for_one_that_is_disliked()
    {
        // Two items of equal appeal, one always first, one always sixth; the ranks are known from the others.
        var random = new RandomStream(4);
        var slots = new Truth(seed: 4).Slots(60_000).Where(slot => slot.Item > 1).ToList();
        for (var i = 0; i < 4_000; i++)
        {
            slots.Add(new ServedSlot(1, 0, 0, 0, 0, random.NextDouble() < ResponseModel.Logistic(-1), false));
            slots.Add(new ServedSlot(6, 0, 1, 0, 0, random.NextDouble() < ResponseModel.Logistic(-1 - 2), false));
        }

        var model = ResponseFit.Of(slots, Items);
        Assert.Equal(model.Items[0], model.Items[1], 0.2);
    }

    [Fact]
    public void A_score_term_ranks_by_the_response_and_is_none_where_the_score_says_nothing()
    {
        var truth = new Truth(seed: 5);
        var model = ResponseFit.Of(truth.Slots(50_000), Items);
        var terms = model.ScoreTerms(0, 0.5)!;
        Assert.Equal(0.5 * model.Items[3] / model.Slope(0), terms[3], 1e-6);
        Assert.Null(model.ScoreTerms(0, 0));
        ServedSlot[] backwards = [.. truth.Slots(20_000).Select(slot => slot with { Score = -slot.Score })];
        Assert.Null(ResponseFit.Of(backwards, Items).ScoreTerms(0, 1));
    }

    [Theory]
    [InlineData(0, 1.0, 40)]
    [InlineData(1, double.NaN, 0)]
    [InlineData(1, double.PositiveInfinity, 0)]
    public void A_slot_out_of_range_is_refused(int rank, double score, int item) =>
        Assert.Throws<ArgumentException>(() => ResponseFit.Of([new ServedSlot(rank, score, item, 0, 0, false, false)], Items));

    static double Mean(ReadOnlySpan<double> values)
    {
        var sum = 0.0;
        foreach (var value in values)
        {
            sum += value;
        }

        return sum / values.Length;
    }

    /// <summary>logit P = -1 - .4 (rank - 1) + slope x score + segment + item.</summary>
    sealed class Truth
    {
        public Truth(ulong seed)
        {
            var random = new RandomStream(seed);
            Item = [.. Enumerable.Range(0, Items).Select(_ => 0.7 * random.NextNormal())];
        }

        public double[] Item { get; }

        public List<ServedSlot> Slots(int count, ulong seed = 9)
        {
            var random = new RandomStream(seed);
            var slots = new List<ServedSlot>(count);
            for (var i = 0; i < count; i++)
            {
                var (rank, score, item) = (1 + random.NextIndex(Ranks), random.NextNormal(), random.NextIndex(Items));
                var (source, segment) = (random.NextIndex(2), random.NextIndex(3));
                var logit = -1 - (0.4 * (rank - 1)) + ((source == 0 ? 0.8 : 0.3) * score) + (0.2 * segment) + Item[item];
                slots.Add(new ServedSlot(rank, score, item, segment, source, random.NextDouble() < ResponseModel.Logistic(logit), true));
            }

            return slots;
        }
    }
}
