using static SasRec.Core.OptionRange;

namespace SasRec.Core.Neighbours;

/// <summary>How much the two counts of item pairs add to a score, see <see cref="ItemNeighbours"/>.</summary>
/// <param name="Transitions">Of what followed soon after, 0 to 10.</param>
/// <param name="CoOccurrences">Of what stands in the same histories, 0 to 10.</param>
public sealed record NeighbourStrengths(double Transitions, double CoOccurrences)
{
    /// <summary>Neither counts.</summary>
    public static NeighbourStrengths None { get; } = new(0, 0);

    /// <summary>What the counts weigh where they stand alone: the baseline.</summary>
    public static NeighbourStrengths Alone { get; } = new(0.3, 0.6);

    /// <summary>Whether either counts.</summary>
    public bool Any => Transitions > 0 || CoOccurrences > 0;

    /// <summary>Both times a factor.</summary>
    /// <param name="factor">0 or more.</param>
    public NeighbourStrengths Times(double factor) => new(factor * Transitions, factor * CoOccurrences);

    /// <summary>Returns these strengths if both are in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One is out of range; the message names it, the value and the range.</exception>
    public NeighbourStrengths Validated()
    {
        Require(nameof(Transitions), Transitions, 0, 10);
        Require(nameof(CoOccurrences), CoOccurrences, 0, 10);
        return this;
    }
}
