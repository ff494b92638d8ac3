namespace SasRec.Core.Evaluate.Insights;

/// <summary>What the slots of one slate that belong to a group add up to.</summary>
/// <param name="Served">How many slots.</param>
/// <param name="Seen">How many were seen, 0 where the slate reports no sightings.</param>
/// <param name="SeenInteracted">How many of those were acted on.</param>
/// <param name="Interacted">How many were acted on.</param>
/// <param name="Weight">Σ w.</param>
/// <param name="Squares">Σ w².</param>
/// <param name="Hits">Σ w over the slots acted on.</param>
/// <param name="Clipped">How many weights were cut.</param>
/// <param name="UserGroup">Which of the <see cref="RateTally.UserGroups"/> groups of users it was shown to.</param>
readonly record struct SlotSums(
    int Served, int Seen, int SeenInteracted, int Interacted, double Weight, double Squares, double Hits, int Clipped, int UserGroup)
{
    /// <summary>One slot.</summary>
    /// <param name="propensity">Its propensity, above 0.</param>
    /// <param name="interacted">Whether it was acted on.</param>
    /// <param name="seen">Whether it was seen; null where the slate reports no sightings.</param>
    /// <param name="maxWeight">Where weights are cut.</param>
    /// <param name="userGroup">To whom it was shown.</param>
    public static SlotSums Of(double propensity, bool interacted, bool? seen, double maxWeight, int userGroup)
    {
        var weight = Math.Min(1 / propensity, maxWeight);
        return new SlotSums(
            1,
            seen == true ? 1 : 0,
            seen == true && interacted ? 1 : 0,
            interacted ? 1 : 0,
            weight,
            weight * weight,
            interacted ? weight : 0,
            1 / propensity > maxWeight ? 1 : 0,
            userGroup);
    }

    /// <summary>Slot by slot.</summary>
    public static SlotSums[] Of(SlateOutcome outcome, double maxWeight)
    {
        var sums = new SlotSums[outcome.Interacted.Length];
        var userGroup = (int)(UserHash.Of(outcome.Impression) % RateTally.UserGroups);
        for (var slot = 0; slot < sums.Length; slot++)
        {
            sums[slot] = Of(
                outcome.Impression.Items[slot].Propensity,
                outcome.Interacted[slot],
                outcome.Sighted ? outcome.Seen[slot] : null,
                maxWeight,
                userGroup);
        }

        return sums;
    }

    /// <summary>The same slots, each with one given weight in place of its own.</summary>
    public SlotSums Weighed(double weight) => this with
    {
        Weight = Served * weight, Squares = Served * weight * weight, Hits = Interacted * weight, Clipped = 0,
    };

    /// <summary>Of slots of one slate.</summary>
    public static SlotSums operator +(SlotSums a, SlotSums b) => new(
        a.Served + b.Served,
        a.Seen + b.Seen,
        a.SeenInteracted + b.SeenInteracted,
        a.Interacted + b.Interacted,
        a.Weight + b.Weight,
        a.Squares + b.Squares,
        a.Hits + b.Hits,
        a.Clipped + b.Clipped,
        b.UserGroup);
}
