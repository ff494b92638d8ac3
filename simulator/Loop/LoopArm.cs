using SasRec.Core.Explore;

namespace SasRec.Simulator.Loop;

/// <summary>One way of running the system, to be compared with others in the same world.</summary>
/// <param name="Name">As it stands in tables.</param>
/// <param name="Policy">How slates are drawn.</param>
/// <param name="MaxWeight">
/// Null trains on everything alike. Otherwise interactions that came through a slate weigh by the clipped inverse of the propensity
/// logged with it (SasRec.Core.Sequences.PropensityWeights); what users took on their own always counts 1.
/// </param>
public sealed record LoopArm(string Name, ExplorationPolicy Policy, double? MaxWeight = null)
{
    /// <summary>The share of the greedy list's value that may be spent, 0 to 1: each model translates it into the policy, by its own curve, and
    /// of <see cref="Policy"/> only epsilon and the share of new items count. Null draws by <see cref="Policy"/>.</summary>
    public double? Exploration { get; init; }

    /// <summary>Whether a response model is fitted on the slates served of late, and its terms are added to the scores.</summary>
    public bool Response { get; init; }
}
