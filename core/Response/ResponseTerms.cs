namespace SasRec.Core.Response;

/// <summary>Where each term but the items' stands in one vector: ranks, slopes, recommenders, segments, and that of an item without a score.</summary>
/// <param name="Ranks">How many ranks are told apart.</param>
/// <param name="Sources">How many recommenders.</param>
/// <param name="Segments">How many segments.</param>
sealed record ResponseTerms(int Ranks, int Sources, int Segments)
{
    /// <summary>The most terms that one slot has.</summary>
    public const int PerSlot = 4;

    public int Count => Ranks + (3 * Sources) + Segments;

    public int RankTerm(int rank) => Math.Clamp(rank, 1, Ranks) - 1;

    public int SlopeTerm(int source) => Ranks + source;

    public int SourceTerm(int source) => Ranks + Sources + source;

    public int ScorelessTerm(int source) => Ranks + (2 * Sources) + source;

    public int SegmentTerm(int segment) => Ranks + (3 * Sources) + segment;

    /// <summary>The terms of a slot with their values; what is not used has the value 0.</summary>
    public void Row(in ServedSlot slot, Span<(int Term, double Value)> row)
    {
        row[0] = (RankTerm(slot.Rank), 1);
        row[1] = slot.Score is { } score ? (SlopeTerm(slot.Source), score) : (ScorelessTerm(slot.Source), 1);
        row[2] = (SourceTerm(slot.Source), 1);
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
