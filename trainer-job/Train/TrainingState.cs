using System.Numerics.Tensors;
using SasRec.Core.Model;

namespace SasRec.Trainer.Train;

/// <summary>Where a run stands, beside the engine's own state.</summary>
sealed class TrainingState
{
    /// <summary>Whole epochs done.</summary>
    public int Epoch { get; set; }

    /// <summary>Steps done of the epoch that has begun.</summary>
    public int StepOfEpoch { get; set; }

    /// <summary>Of the epoch that has begun.</summary>
    public double LossSum { get; set; }

    /// <summary>Of the epoch that has begun.</summary>
    public long Positions { get; set; }

    /// <summary>Of the epoch that has begun, in this sitting.</summary>
    public long TimedPositions { get; set; }

    public int BestEpoch { get; set; }

    public double? BestMetric { get; set; }

    /// <summary>The weights with the best metric; null before the first validation.</summary>
    public SasRecWeights? Best { get; set; }

    /// <summary>The moving average of the epochs' weights; null before the first epoch ends.</summary>
    public SasRecWeights? Average { get; set; }

    /// <summary>The sum of the average's factors: 1 for the newest epoch, less for each before.</summary>
    public double AverageMass { get; set; }

    public List<EpochRecord> Curve { get; } = [];

    /// <summary>What earlier sittings of the same run took.</summary>
    public TimeSpan EarlierSittings { get; set; }

    /// <summary>Takes an epoch's weights into <see cref="Average"/>.</summary>
    /// <param name="weights">The weights at the end of the epoch.</param>
    /// <param name="decay">What earlier epochs are multiplied by.</param>
    public void AddToAverage(SasRecWeights weights, double decay)
    {
        Average ??= weights.Copy();
        AverageMass = AverageMass * decay + 1;
        TensorPrimitives.Lerp(Average.Values, weights.Values, (float)(1 / AverageMass), Average.Values);
    }
}
