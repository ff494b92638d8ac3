using SasRec.Core.Model;
using SasRec.Core.Sequences;
using static SasRec.Core.OptionRange;

namespace SasRec.Trainer.Train;

/// <summary>Which positions share one draw of negatives.</summary>
public enum NegativeSharing
{
    /// <summary>Every position has its own.</summary>
    Position,

    /// <summary>The positions of one sequence share theirs.</summary>
    Sequence,

    /// <summary>The sequences that a core works on together (<see cref="TrainingOptions.ChunkPositions"/>) share theirs.</summary>
    Chunk,

    /// <summary>The whole batch shares one draw.</summary>
    Batch,
}

/// <summary>How a network is trained. The values here are the defaults; <see cref="For"/> fits those that depend on the data.</summary>
public sealed record TrainingOptions
{
    /// <summary>What is minimised.</summary>
    public RankingLoss Loss { get; init; } = RankingLoss.BprMax;

    /// <summary>K: negatives a position, 1 to 16,384.</summary>
    public int Negatives { get; init; } = 256;

    /// <summary>Which positions share one draw of negatives.</summary>
    public NegativeSharing Sharing { get; init; } = NegativeSharing.Chunk;

    /// <summary>alpha: a negative is drawn in proportion to popularity^alpha, 0 (uniform) to 1.</summary>
    public double PopularityPower { get; init; } = 0.4;

    /// <summary>The share of the negatives that is taken from the batch's own targets, 0 to 1.</summary>
    public double InBatchShare { get; init; }

    /// <summary>t of gBCE, 0 to 1; other losses ignore it.</summary>
    public double Calibration { get; init; } = 0.75;

    /// <summary>The dropout rate, 0 to 0.9.</summary>
    public double Dropout { get; init; } = 0.2;

    /// <summary>Sequences a step, 1 to 65,536.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The most epochs, 1 to 10,000; without validation, exactly as many.</summary>
    public int Epochs { get; init; } = 200;

    /// <summary>Epochs without a better validation metric after which training stops, 1 to 10,000.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>Epochs between two validations, 1 to 1,000.</summary>
    public int ValidateEvery { get; init; } = 2;

    /// <summary>Adam's learning rate, above 0 to 1.</summary>
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Adam's decay of the first moment, 0 to below 1.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment, 0 to below 1.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Added to the root of the second moment, above 0 to 1.</summary>
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// How much an epoch's weights count beside the next one's in the moving average that is validated and kept, 0 (the last alone) to
    /// below 1. At a constant learning rate weights wander round an optimum; their average is nearer to it.
    /// </summary>
    public double Averaging { get; init; } = 0.9;

    /// <summary>
    /// The share of the steps, 0 to 1, in which a history longer than the network sees ends at an action drawn at random, and not at its
    /// newest. At 0 the actions before the newest MaxLength are never targets.
    /// </summary>
    public double RandomEnds { get; init; }

    /// <summary>What trains the network. For the same batches and negatives as the CPU engine's, Torch needs the same <see cref="Threads"/>.</summary>
    public EngineKind Engine { get; init; }

    /// <summary>The seed of initial weights, order, negatives and dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads, 1 to 256; 0 for one a core. Results are the same for the same seed and number of threads.</summary>
    public int Threads { get; init; }

    /// <summary>How many positions a core takes through the network at a time, at least, 1 to 65,536: what fits its cache.</summary>
    public int ChunkPositions { get; init; } = 64;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public TrainingOptions Validated()
    {
        Require(nameof(Loss), (int)Loss, 0, Enum.GetValues<RankingLoss>().Length - 1);
        Require(nameof(Negatives), Negatives, 1, 16_384);
        Require(nameof(Sharing), (int)Sharing, 0, Enum.GetValues<NegativeSharing>().Length - 1);
        Require(nameof(PopularityPower), PopularityPower, 0, 1);
        Require(nameof(InBatchShare), InBatchShare, 0, 1);
        Require(nameof(Calibration), Calibration, 0, 1);
        Require(nameof(Dropout), Dropout, 0, 0.9);
        Require(nameof(BatchSize), BatchSize, 1, 65_536);
        Require(nameof(Epochs), Epochs, 1, 10_000);
        Require(nameof(Patience), Patience, 1, 10_000);
        Require(nameof(ValidateEvery), ValidateEvery, 1, 1_000);
        Require(nameof(LearningRate), LearningRate, double.Epsilon, 1);
        Require(nameof(Beta1), Beta1, 0, 1 - 1e-9);
        Require(nameof(Beta2), Beta2, 0, 1 - 1e-9);
        Require(nameof(Epsilon), Epsilon, double.Epsilon, 1);
        Require(nameof(Averaging), Averaging, 0, 1 - 1e-9);
        Require(nameof(RandomEnds), RandomEnds, 0, 1);
        Require(nameof(Engine), (int)Engine, 0, Enum.GetValues<EngineKind>().Length - 1);
        Require(nameof(Threads), Threads, 0, 256);
        Require(nameof(ChunkPositions), ChunkPositions, 1, 65_536);
        return this;
    }

    /// <summary>These options for a training that goes on from trained weights: it needs few epochs, so each is validated, and a few
    /// without a better metric are the end.</summary>
    public TrainingOptions Continued() => this with { ValidateEvery = 1, Patience = Math.Min(Patience, 3) };

    /// <summary>The network and the options that suit data with these statistics; the choice is explained in EXPERIMENTS.md.</summary>
    /// <param name="data">What will be trained on.</param>
    public static (SasRecConfig Config, TrainingOptions Options) For(SequenceDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var lengths = new int[data.UserCount];
        for (var user = 0; user < lengths.Length; user++)
        {
            lengths[user] = data.Items(user).Length;
        }

        Array.Sort(lengths);
        var longHistories = lengths.Length > 0 && lengths[lengths.Length / 2] >= 30;
        return longHistories
            ? (new SasRecConfig { Blocks = 2, MaxLength = 200 },
                new TrainingOptions { Dropout = 0.1, PopularityPower = 0, LearningRate = 2e-3, Averaging = 0.8 })
            : (new SasRecConfig { Blocks = 1, MaxLength = 50 }, new TrainingOptions());
    }
}
