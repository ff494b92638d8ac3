using SasRec.Core.Model;
using SasRec.Core.Options;
using SasRec.Core.Sequences;

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
    [CommandLine("--loss", "The loss that is minimised")]
    public RankingLoss Loss { get; init; } = RankingLoss.BprMax;

    /// <summary>K: negatives sampled for each position.</summary>
    [Range(1, 16_384), CommandLine("--negatives", "Negatives sampled for each position")]
    public int Negatives { get; init; } = 256;

    /// <summary>Which positions share one draw of negatives.</summary>
    [CommandLine("--sharing", "Which positions share one draw of negatives")]
    public NegativeSharing Sharing { get; init; } = NegativeSharing.Chunk;

    /// <summary>alpha: a negative is drawn in proportion to popularity^alpha; 0 is uniform.</summary>
    [Range(0, 1), CommandLine("--popularity-power", "Negatives are drawn in proportion to popularity raised to this power; 0 is uniform", FitsData = true)]
    public double PopularityPower { get; init; } = 0.4;

    /// <summary>The share of the negatives that is taken from the batch's own targets.</summary>
    [Range(0, 1), CommandLine("--in-batch-share", "The share of the negatives that is taken from the batch's own targets")]
    public double InBatchShare { get; init; }

    /// <summary>t of gBCE; other losses ignore it.</summary>
    [Range(0, 1), CommandLine("--calibration", "t of the loss GeneralizedBinaryCrossEntropy; other losses ignore it")]
    public double Calibration { get; init; } = 0.75;

    /// <summary>The dropout rate.</summary>
    [Range(0, 0.9), CommandLine("--dropout", "The dropout rate", FitsData = true)]
    public double Dropout { get; init; } = 0.2;

    /// <summary>
    /// The share of a history's actions, 0 to 0.9, that a step leaves out as if they had not happened, drawn anew in every step: what was taken
    /// in between may be chance, so the network learns what follows at some distance too. Two actions always stay.
    /// </summary>
    [Range(0, 0.9), CommandLine(
        "--item-dropout", "The share of a history's actions that a training step leaves out as if they had not happened", FitsData = true)]
    public double ItemDropout { get; init; }

    /// <summary>Sequences in a step.</summary>
    [Range(1, 65_536), CommandLine("--batch-size", "Sequences in a training step")]
    public int BatchSize { get; init; } = 128;

    /// <summary>The maximum number of epochs; without validation, exactly as many.</summary>
    [Range(1, 10_000), CommandLine("--epochs", "The maximum number of epochs")]
    public int Epochs { get; init; } = 200;

    /// <summary>Early stopping: epochs without a better validation metric after which training stops.</summary>
    [Range(1, 10_000), CommandLine("--patience", "Epochs without a better validation metric after which training stops")]
    public int Patience { get; init; } = 10;

    /// <summary>Epochs between two validations.</summary>
    [Range(1, 1_000), CommandLine("--validate-every", "Epochs between two validations")]
    public int ValidateEvery { get; init; } = 2;

    /// <summary>Adam's learning rate.</summary>
    [Range(1e-9, 1), CommandLine("--learning-rate", "Adam's learning rate", FitsData = true)]
    public double LearningRate { get; init; } = 3e-3;

    /// <summary>Adam's decay of the first moment.</summary>
    [Range(0, 0.999999), CommandLine("--beta1", "Adam's decay of the first moment")]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Adam's decay of the second moment.</summary>
    [Range(0, 0.999999), CommandLine("--beta2", "Adam's decay of the second moment")]
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Added to the root of the second moment.</summary>
    [Range(1e-12, 1), CommandLine("--epsilon", "Adam's epsilon, added to the root of the second moment")]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>
    /// The decay of the exponential moving average (EMA) of the weights, updated once an epoch, which is validated and kept; 0 keeps the
    /// last epoch's weights. At a constant learning rate weights wander round an optimum; their average is nearer to it.
    /// </summary>
    [Range(0, 0.999999), CommandLine(
        "--ema-decay", "Decay of the exponential moving average of the weights, updated once an epoch; 0 keeps the last epoch's weights",
        FormerName = "--averaging", FitsData = true)]
    public double EmaDecay { get; init; } = 0.9;

    /// <summary>
    /// The share of the steps, 0 to 1, in which a history longer than the network sees ends at an action drawn at random, and not at its
    /// newest. At 0 the actions before the newest MaxLength are never targets.
    /// </summary>
    [Range(0, 1), CommandLine(
        "--random-ends", "The share of the steps in which a history longer than the network sees ends at a random action and not at its newest")]
    public double RandomEnds { get; init; }

    /// <summary>What trains the network. For the same batches and negatives as the CPU engine's, Torch needs the same <see cref="Threads"/>.</summary>
    [CommandLine("--engine", "What trains: the CPU engine, or Torch, which Auto takes where it has a GPU")]
    public EngineKind Engine { get; init; }

    /// <summary>The seed of initial weights, order, negatives and dropout.</summary>
    [CommandLine("--seed", "The seed of weights, order, negatives and dropout")]
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads; 0 for one a core. Results are the same for the same seed and number of threads.</summary>
    [Range(0, 256), CommandLine("--threads", "Threads; 0 is one a core")]
    public int Threads { get; init; }

    /// <summary>How many positions a core takes through the network at a time, at least: what fits its cache.</summary>
    [Range(1, 65_536), CommandLine("--chunk-positions", "How many positions a core takes through the network at a time, at least")]
    public int ChunkPositions { get; init; } = 64;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public TrainingOptions Validated()
    {
        OptionRules.Check(this);
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
                new TrainingOptions { Dropout = 0.1, PopularityPower = 0, LearningRate = 2e-3, EmaDecay = 0.8 })
            : (new SasRecConfig { Blocks = 1, MaxLength = 50 }, new TrainingOptions { ItemDropout = 0.2 });
    }
}
