namespace SasRec.Core.Response;

/// <summary>Where a model's scores lie in the slates that it serves: what makes the scores of different models comparable.</summary>
/// <param name="Mean">Their mean.</param>
/// <param name="Deviation">Their standard deviation, above 0.</param>
public readonly record struct ScoreScale(double Mean, double Deviation)
{
    /// <summary>The scale of scores that all are alike, or of none.</summary>
    public static ScoreScale Unit { get; } = new(0, 1);

    /// <summary>The scale of scores.</summary>
    /// <param name="scores">Finite scores of slots that were served, or would be.</param>
    public static ScoreScale Of(IEnumerable<double> scores)
    {
        double[] all = [.. scores];
        if (all.Length == 0)
        {
            return Unit;
        }

        var mean = all.Average();
        var deviation = Math.Sqrt(all.Average(score => (score - mean) * (score - mean)));
        return new ScoreScale(mean, deviation > 1e-9 ? deviation : 1);
    }

    /// <summary>A score in deviations from the mean.</summary>
    public double Standard(double score) => (score - Mean) / Deviation;
}
