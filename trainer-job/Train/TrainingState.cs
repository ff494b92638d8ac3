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

    public List<EpochRecord> Curve { get; } = [];

    /// <summary>What earlier sittings of the same run took.</summary>
    public TimeSpan EarlierSittings { get; set; }
}
