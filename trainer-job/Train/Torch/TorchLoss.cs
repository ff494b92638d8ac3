using SasRec.Core.Model;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SasRec.Trainer.Train.Torch;

/// <summary>The losses of <see cref="RankingLossReference"/>, over all positions of a batch.</summary>
/// <param name="options">Which loss, and over which negatives.</param>
/// <param name="itemCount">V.</param>
/// <param name="logProbability">[V]: the log of the probability of a draw; null where it is uniform or of no account.</param>
sealed class TorchLoss(TrainingOptions options, int itemCount, Tensor? logProbability)
{
    /// <summary>The score that takes a negative out.</summary>
    const float Excluded = -1e30f;

    readonly double beta = RankingLossReference.GeneralizedBeta(options.Negatives, itemCount, options.Calibration);

    /// <summary>The mean loss of a position.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="hidden">[P, D].</param>
    /// <param name="items">[slots, D].</param>
    public Tensor Mean(TorchBatch batch, Tensor hidden, Tensor items)
    {
        var positives = (hidden * items.index_select(0, batch.Targets)).sum(1, keepdim: true);
        var negatives = Scores(batch, hidden, items);
        if (logProbability is not null)
        {
            var log = logProbability.index_select(0, batch.Items);
            positives -= log.index_select(0, batch.Targets).unsqueeze(1);
            negatives -= log.index_select(0, batch.Negatives.flatten()).view_as(batch.Negatives).index_select(0, batch.Groups);
        }

        var isTarget = batch.Negatives.index_select(0, batch.Groups).eq(batch.Targets.unsqueeze(1));
        var taking = isTarget.logical_not().sum(1);
        var losses = Losses(positives, negatives.masked_fill(isTarget, Excluded), taking.clamp_min(1));
        losses = losses.masked_fill(taking.eq(0), 0);
        return (batch.Weights is null ? losses : losses * batch.Weights).mean();
    }

    /// <summary>[P, K]: one product for each group of positions that share their negatives.</summary>
    static Tensor Scores(TorchBatch batch, Tensor hidden, Tensor items)
    {
        var width = hidden.shape[1];
        var grouped = zeros(batch.GroupCount * (long)batch.LargestGroup, width, device: hidden.device)
            .index_copy(0, batch.GroupPlaces, hidden)
            .view(batch.GroupCount, batch.LargestGroup, width);
        var negatives = items.index_select(0, batch.Negatives.flatten()).view(batch.GroupCount, -1, width);
        return grouped.bmm(negatives.transpose(1, 2)).flatten(0, 1).index_select(0, batch.GroupPlaces);
    }

    /// <summary>[P], of p [P, 1], n [P, K] and how many of the K take part.</summary>
    Tensor Losses(Tensor p, Tensor n, Tensor taking) => options.Loss switch
    {
        RankingLoss.Bpr => -logsigmoid(p - n).sum(1) / taking,

        // -log sum_j softmax(n)_j sigma(p - n_j), in logarithms.
        RankingLoss.BprMax => n.logsumexp(1) - (n + logsigmoid(p - n)).logsumexp(1),
        RankingLoss.BinaryCrossEntropy => -logsigmoid(-n).sum(1) / taking - logsigmoid(p).squeeze(1),
        RankingLoss.GeneralizedBinaryCrossEntropy => -logsigmoid(-n).sum(1) - beta * logsigmoid(p).squeeze(1),
        _ => cat([p, n], 1).logsumexp(1) - p.squeeze(1),
    };
}
