namespace SasRec.Core.Evaluate.Insights;

/// <summary>Scores and what became of them, in bins of score within slices of time: what a map from score to probability is fitted and tested on.</summary>
/// <remarks>Slices begin at about a second and double in length whenever there are too many, so the memory is bounded whatever the span.</remarks>
sealed class ScoreHistogram
{
    const double Width = 0.125;
    const double Widest = 256;
    const int MaxSlices = 256;

    readonly Dictionary<long, Dictionary<int, (long Count, long Hits)>> slices = [];

    // A slice is 2^shift ticks of 100 ns.
    int shift = 23;

    public void Add(DateTimeOffset at, double score, bool hit) =>
        Add(at.UtcTicks >> shift, (int)Math.Floor(Math.Clamp(score, -Widest, Widest) / Width), (1, hit ? 1 : 0));

    public void Add(ScoreHistogram other)
    {
        CoarsenTo(other.shift);
        foreach (var (slice, bins) in other.slices)
        {
            foreach (var (bin, counts) in bins)
            {
                Add(slice >> (shift - other.shift), bin, counts);
            }
        }
    }

    /// <summary>The older part and the newer, cut between slices where the older holds as nearly as possible a share of all.</summary>
    public (IReadOnlyList<ScoreBin> Older, IReadOnlyList<ScoreBin> Newer, DateTimeOffset? At) Split(double share)
    {
        var ordered = slices.OrderBy(s => s.Key).Select(s => (s.Key, Count: s.Value.Values.Sum(b => b.Count))).ToArray();
        if (ordered.Length < 2)
        {
            return (Bins(_ => true), [], null);
        }

        var wanted = share * ordered.Sum(s => s.Count);
        var (cut, before) = (1, (double)ordered[0].Count);
        while (cut < ordered.Length - 1 && Math.Abs(before + ordered[cut].Count - wanted) <= Math.Abs(before - wanted))
        {
            before += ordered[cut++].Count;
        }

        var first = ordered[cut].Key;
        return (Bins(slice => slice < first), Bins(slice => slice >= first), new DateTimeOffset(first << shift, TimeSpan.Zero));
    }

    List<ScoreBin> Bins(Func<long, bool> wanted) =>
    [
        .. from slice in slices
           where wanted(slice.Key)
           from bin in slice.Value
           group bin.Value by bin.Key into bins
           orderby bins.Key
           select new ScoreBin((bins.Key + 0.5) * Width, bins.Sum(b => b.Count), bins.Sum(b => b.Hits)),
    ];

    void Add(long slice, int bin, (long Count, long Hits) counts)
    {
        if (!slices.TryGetValue(slice, out var bins))
        {
            slices[slice] = bins = [];
        }

        var (count, hits) = bins.GetValueOrDefault(bin);
        bins[bin] = (count + counts.Count, hits + counts.Hits);
        if (slices.Count > MaxSlices)
        {
            CoarsenTo(shift + 1);
        }
    }

    void CoarsenTo(int coarser)
    {
        if (coarser <= shift)
        {
            return;
        }

        var (old, by) = (slices.ToArray(), coarser - shift);
        slices.Clear();
        shift = coarser;
        foreach (var (slice, bins) in old)
        {
            foreach (var (bin, counts) in bins)
            {
                Add(slice >> by, bin, counts);
            }
        }
    }
}

/// <summary>Slots of nearly the same score.</summary>
/// <param name="Score">The middle of the bin.</param>
/// <param name="Count">How many slots.</param>
/// <param name="Hits">How many were acted on.</param>
readonly record struct ScoreBin(double Score, long Count, long Hits);
