using SasRec.Core.Options;

namespace SasRec.Trainer.Fit;

/// <summary>What is added to the network's scores; validation chooses what is not set.</summary>
sealed record ScoreTermOptions
{
    /// <summary>The weight of the popularity prior, see <see cref="Evaluate.ItemPrior"/>; null until it is chosen on validation.</summary>
    [Range(0, 10), CommandLine(
        "--prior", "The weight of the popularity prior, the log counts of the last 30 days that are added to the scores", FitsData = true)]
    public double? Prior { get; init; }

    /// <summary>Whether no counts of item pairs are added, see <see cref="Core.Neighbours.ItemNeighbours"/>.</summary>
    [CommandLine("--no-neighbours", "Add no counts of item pairs to the network's scores; without it, validation chooses how much they add")]
    public bool NoNeighbours { get; init; }
}
