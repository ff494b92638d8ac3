namespace SasRec.Core.Evaluate.Insights;

/// <summary>P(interacted | served) = 1 / (1 + exp(-(slope score + intercept))), fitted by maximum likelihood (Platt 1999).</summary>
readonly record struct ScoreMap(double Slope, double Intercept)
{
    /// <summary>Fits by Newton's method on centred and scaled scores, towards targets that Laplace's rule keeps off 0 and 1.</summary>
    /// <param name="bins">Slots by score, both acted on and not.</param>
    public static ScoreMap Fit(IReadOnlyList<ScoreBin> bins)
    {
        double count = bins.Sum(b => b.Count), hits = bins.Sum(b => b.Hits);
        var mean = bins.Sum(b => b.Count * b.Score) / count;
        var deviation = Math.Sqrt(bins.Sum(b => b.Count * (b.Score - mean) * (b.Score - mean)) / count);
        if (deviation == 0)
        {
            return new ScoreMap(0, Math.Log((hits + 1) / (count - hits + 1)));
        }

        var (positive, negative) = ((hits + 1) / (hits + 2), 1 / (count - hits + 2));
        var (a, b) = (0.0, Math.Log((hits + 1) / (count - hits + 1)));
        for (var iteration = 0; iteration < 100; iteration++)
        {
            // A trace of ridge keeps separable data from running off.
            var (ga, gb, aa, ab, bb) = (1e-6 * a, 0.0, 1e-6, 0.0, 1e-12);
            foreach (var bin in bins)
            {
                var x = (bin.Score - mean) / deviation;
                var p = Sigmoid((a * x) + b);
                var error = (bin.Count * p) - (bin.Hits * positive) - ((bin.Count - bin.Hits) * negative);
                var curvature = bin.Count * p * (1 - p);
                ga += error * x;
                gb += error;
                aa += curvature * x * x;
                ab += curvature * x;
                bb += curvature;
            }

            var determinant = (aa * bb) - (ab * ab);
            var (da, db) = (((bb * ga) - (ab * gb)) / determinant, ((aa * gb) - (ab * ga)) / determinant);

            // A step of more than 2 in the logit leaves the region where the quadratic is any good.
            var damping = Math.Min(1, 2 / (Math.Abs(da) + Math.Abs(db) + 1e-300));
            (a, b) = (a - (damping * da), b - (damping * db));
            if (Math.Abs(da) + Math.Abs(db) < 1e-10)
            {
                break;
            }
        }

        return new ScoreMap(a / deviation, b - (a * mean / deviation));
    }

    public double Probability(double score) => Sigmoid((Slope * score) + Intercept);

    static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
