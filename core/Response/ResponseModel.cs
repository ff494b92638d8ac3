namespace SasRec.Core.Response;

/// <summary>P(taken | served at this rank with this score, this item, this user segment, this recommender): a logistic regression.</summary>
/// <remarks>
/// logit P = rank + slope of the recommender x score + recommender + segment + item. The term of a rank is what being looked at there is
/// worth, so an item that stood low is not taken for one that is disliked (Richardson et al. 2007). The item's term is shrunk towards 0 by
/// a normal prior: little evidence moves it little. Fitted on every slot served, taken or not.
/// </remarks>
public sealed class ResponseModel
{
    readonly ResponseTerms terms;
    readonly double[] dense;
    readonly double[] items;

    /// <summary>How many ranks, recommenders and segments are told apart.</summary>
    public (int Ranks, int Recommenders, int Segments) Sizes => (terms.Ranks, terms.Recommenders, terms.Segments);

    internal ResponseModel(ResponseTerms terms, double[] dense, double[] items) => (this.terms, this.dense, this.items) = (terms, dense, items);

    /// <summary>[V]: each item's term, in units of the logit; 0 for an item that was never served.</summary>
    public ReadOnlySpan<double> Items => items;

    /// <summary>The probability that a user takes an item that is served.</summary>
    /// <param name="slot">Where and to whom; whether it was taken is not asked.</param>
    public double Probability(ServedSlot slot)
    {
        Span<(int Term, double Value)> row = stackalloc (int, double)[ResponseTerms.PerSlot];
        return Logistic(terms.Logit(dense, slot, row) + items[slot.Item]);
    }

    /// <summary>How much an item is looked at in a slot, as a share of the first: the odds of the rank by those of the first.</summary>
    /// <param name="rank">1 for the first.</param>
    public double Examination(int rank) => Math.Exp(dense[terms.RankTerm(rank)] - dense[terms.RankTerm(1)]);

    /// <summary>How much a unit of a recommender's score moves the logit.</summary>
    /// <param name="recommender">The recommender.</param>
    public double Slope(int recommender) => dense[terms.SlopeTerm(recommender)];

    /// <summary>What is to be added to a recommender's scores so that items rank by their response: strength x item term / slope.</summary>
    /// <param name="recommender">The recommender.</param>
    /// <param name="strength">0 to 1: how much of it.</param>
    /// <returns>[V]; null where the score says nothing of the response (a slope of 0 or less) or the strength is 0.</returns>
    public float[]? ScoreTerms(int recommender, double strength)
    {
        var slope = Slope(recommender);
        return slope > 0 && strength > 0 ? Array.ConvertAll(items, item => (float)(strength * item / slope)) : null;
    }

    /// <summary>The logit of a rank, 1 for the first.</summary>
    public double Rank(int rank) => dense[terms.RankTerm(rank)];

    /// <summary>The logit of a recommender, whatever its scores.</summary>
    public double Intercept(int recommender) => dense[terms.RecommenderTerm(recommender)];

    /// <summary>The logit of an item that a recommender has no score for.</summary>
    public double Scoreless(int recommender) => dense[terms.ScorelessTerm(recommender)];

    /// <summary>The logit of a segment.</summary>
    public double Segment(int segment) => dense[terms.SegmentTerm(segment)];

    internal static double Logistic(double logit) => 1 / (1 + Math.Exp(-logit));
}
