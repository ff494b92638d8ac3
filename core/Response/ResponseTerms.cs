namespace SasRec.Core.Response;

/// <summary>Where each term but the items' stands in one vector: ranks, slopes, recommenders, segments, and that of an item without a score.</summary>
/// <param name="Ranks">How many ranks are told apart.</param>
/// <param name="Recommenders">How many recommenders.</param>
/// <param name="Segments">How many segments.</param>
sealed record ResponseTerms(int Ranks, int Recommenders, int Segments)
{
    /// <summary>The most terms that one slot has.</summary>
    public const int PerSlot = 4;

    public int Count => Ranks + (3 * Recommenders) + Segments;

    public int RankTerm(int rank) => Math.Clamp(rank, 1, Ranks) - 1;

    public int SlopeTerm(int recommender) => Ranks + recommender;

    public int RecommenderTerm(int recommender) => Ranks + Recommenders + recommender;

    public int ScorelessTerm(int recommender) => Ranks + (2 * Recommenders) + recommender;

    public int SegmentTerm(int segment) => Ranks + (3 * Recommenders) + segment;

    /// <summary>The terms of a slot with their values; what is not used has the value 0.</summary>
    public void Row(in ServedSlot slot, Span<(int Term, double Value)> row)
    {
        row[0] = (RankTerm(slot.Rank), 1);
        row[1] = slot.Score is { } score ? (SlopeTerm(slot.Recommender), score) : (ScorelessTerm(slot.Recommender), 1);
        row[2] = (RecommenderTerm(slot.Recommender), 1);
        row[3] = (SegmentTerm(slot.Segment), 1);
    }

    public double Logit(double[] dense, in ServedSlot slot, Span<(int Term, double Value)> row)
    {
        Row(slot, row);
        var logit = 0.0;
        foreach (var (term, value) in row)
        {
            logit += dense[term] * value;
        }

        return logit;
    }
}
