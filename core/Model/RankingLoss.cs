namespace SasRec.Core.Model;

/// <summary>The losses over one positive and K sampled negatives.</summary>
public enum RankingLoss
{
    /// <summary>Bayesian personalised ranking, the mean over the negatives: mean_j -log sigma(p - n_j).</summary>
    Bpr,

    /// <summary>BPR weighted by the softmax over the negatives (BPR-max, Hidasi and Karatzoglou 2018): -log sum_j s_j sigma(p - n_j).</summary>
    BprMax,

    /// <summary>Binary cross-entropy: -log sigma(p) - mean_j log(1 - sigma(n_j)).</summary>
    BinaryCrossEntropy,

    /// <summary>
    /// Generalised binary cross-entropy (gSASRec, Petrov and Macdonald 2023): -beta log sigma(p) - sum_j log(1 - sigma(n_j)), with
    /// beta = a (t (1 - 1 / a) + 1 / a), where a is the sampling rate K / (V - 1), and t the calibration, 0 to 1.
    /// </summary>
    GeneralizedBinaryCrossEntropy,

    /// <summary>Softmax over the positive and the negatives, logits corrected by the log of the sampling probability.</summary>
    SampledSoftmax,
}

/// <summary>The losses and their gradients for one position, written to be read.</summary>
public static class RankingLossReference
{
    /// <summary>The loss; its gradients are written to <paramref name="negativeGradients"/> and returned for the positive.</summary>
    /// <param name="loss">Which loss.</param>
    /// <param name="positive">p: the score of what came next.</param>
    /// <param name="negatives">n_j [K]: the scores of what was sampled; negative infinity takes one out.</param>
    /// <param name="beta">The exponent of <see cref="RankingLoss.GeneralizedBinaryCrossEntropy"/>; other losses ignore it.</param>
    /// <param name="negativeGradients">[K]: d loss / d n_j.</param>
    public static (double Loss, double PositiveGradient) Evaluate(
        RankingLoss loss, double positive, ReadOnlySpan<double> negatives, double beta, Span<double> negativeGradients)
    {
        var count = 0;
        foreach (var negative in negatives)
        {
            count += double.IsNegativeInfinity(negative) ? 0 : 1;
        }

        negativeGradients.Clear();
        return count == 0 ? (0, 0) : loss switch
        {
            RankingLoss.Bpr => Bpr(positive, negatives, count, negativeGradients),
            RankingLoss.BprMax => BprMax(positive, negatives, negativeGradients),
            RankingLoss.BinaryCrossEntropy => Binary(positive, negatives, 1, 1.0 / count, negativeGradients),
            RankingLoss.GeneralizedBinaryCrossEntropy => Binary(positive, negatives, beta, 1, negativeGradients),
            RankingLoss.SampledSoftmax => Softmax(positive, negatives, negativeGradients),
            _ => throw new ArgumentOutOfRangeException(nameof(loss), loss, "There is no such loss."),
        };
    }

    /// <summary>The exponent beta of <see cref="RankingLoss.GeneralizedBinaryCrossEntropy"/>.</summary>
    /// <param name="negatives">K.</param>
    /// <param name="items">V.</param>
    /// <param name="calibration">t, 0 to 1.</param>
    public static double GeneralizedBeta(int negatives, int items, double calibration)
    {
        var rate = Math.Min(1, negatives / Math.Max(1.0, items - 1));
        return rate * (calibration * (1 - 1 / rate) + 1 / rate);
    }

    static (double, double) Bpr(double p, ReadOnlySpan<double> n, int count, Span<double> gradients)
    {
        double loss = 0, dp = 0;
        for (var j = 0; j < n.Length; j++)
        {
            if (!double.IsNegativeInfinity(n[j]))
            {
                loss += Softplus(n[j] - p) / count;
                gradients[j] = Sigmoid(n[j] - p) / count;
                dp -= gradients[j];
            }
        }

        return (loss, dp);
    }

    static (double, double) BprMax(double p, ReadOnlySpan<double> n, Span<double> gradients)
    {
        double most = double.NegativeInfinity, total = 0, weighted = 0, slope = 0;
        foreach (var score in n)
        {
            most = Math.Max(most, score);
        }

        foreach (var score in n)
        {
            var (weight, sigma) = (Math.Exp(score - most), Sigmoid(p - score));
            total += weight;
            weighted += weight * sigma;
            slope += weight * sigma * (1 - sigma);
        }

        var mean = weighted / total;
        for (var j = 0; j < n.Length; j++)
        {
            var (share, sigma) = (Math.Exp(n[j] - most) / total, Sigmoid(p - n[j]));
            gradients[j] = double.IsNegativeInfinity(n[j]) ? 0 : -share * (sigma - mean - sigma * (1 - sigma)) / mean;
        }

        return (-Math.Log(mean), -slope / weighted);
    }

    static (double, double) Binary(double p, ReadOnlySpan<double> n, double beta, double weight, Span<double> gradients)
    {
        var loss = beta * Softplus(-p);
        for (var j = 0; j < n.Length; j++)
        {
            if (!double.IsNegativeInfinity(n[j]))
            {
                loss += weight * Softplus(n[j]);
                gradients[j] = weight * Sigmoid(n[j]);
            }
        }

        return (loss, -beta * Sigmoid(-p));
    }

    static (double, double) Softmax(double p, ReadOnlySpan<double> n, Span<double> gradients)
    {
        var most = p;
        foreach (var score in n)
        {
            most = Math.Max(most, score);
        }

        var total = Math.Exp(p - most);
        foreach (var score in n)
        {
            total += Math.Exp(score - most);
        }

        for (var j = 0; j < n.Length; j++)
        {
            gradients[j] = Math.Exp(n[j] - most) / total;
        }

        return (Math.Log(total) + most - p, Math.Exp(p - most) / total - 1);
    }

    static double Sigmoid(double x) => x >= 0 ? 1 / (1 + Math.Exp(-x)) : Math.Exp(x) / (1 + Math.Exp(x));

    static double Softplus(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
}
