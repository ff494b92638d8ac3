namespace SasRec.Core.Explore;

/// <summary>The model's share of a slot: over what remains, which item next and with what probability.</summary>
abstract class SlotChoice
{
    /// <summary>Whether any item with a score remains; where none does the model has no opinion.</summary>
    public abstract bool Any { get; }

    /// <summary>See <see cref="Slate.UnservedLogSumExp"/>.</summary>
    public abstract double LogSumExp { get; }

    /// <summary>Draws an item.</summary>
    public abstract int Pick(in RemainingItems remaining, ref RandomStream random);

    /// <summary>The probability with which <see cref="Pick"/> draws an item that remains.</summary>
    public abstract double Share(int item, float score);

    /// <summary>Takes note that an item has just been removed from what remains.</summary>
    public abstract void Removed(in RemainingItems remaining, int item);
}

/// <summary>Temperature 0: the highest score that remains, ties by lower index.</summary>
/// <param name="order">The greedy order, one item longer than the slate, so that the best of those left out is in it.</param>
sealed class GreedyChoice(TopScores order) : SlotChoice
{
    readonly HashSet<int> removed = [];
    int next;

    public override bool Any => next < order.Items.Length;

    public override double LogSumExp => Any ? order.Scores[next] : double.NegativeInfinity;

    public override int Pick(in RemainingItems remaining, ref RandomStream random) => order.Items[next];

    public override double Share(int item, float score) => item == order.Items[next] ? 1 : 0;

    public override void Removed(in RemainingItems remaining, int item)
    {
        removed.Add(item);
        while (Any && removed.Contains(order.Items[next]))
        {
            next++;
        }
    }
}
