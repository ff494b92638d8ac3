using SasRec.Core.Evaluate.Ranking;

namespace SasRec.Trainer.Commands;

/// <summary>A model's NDCG@10 less a baseline's on the same cases, with the paired 95% interval.</summary>
/// <param name="Baseline">The baseline.</param>
/// <param name="Difference">The mean.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
sealed record BaselineDifference(string Baseline, double Difference, double Low, double High)
{
    /// <summary>The difference to the best of some baselines.</summary>
    public static BaselineDifference ToBest(RankingReport model, IReadOnlyDictionary<string, RankingReport> baselines)
    {
        var (name, best) = baselines.MaxBy(baseline => baseline.Value.Ndcg);
        var found = PairedBootstrap.Compare(model.NdcgByCase, best.NdcgByCase, seed: 1);
        return new BaselineDifference(name, found.Difference, found.Low, found.High);
    }
}
