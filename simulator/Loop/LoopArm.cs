using SasRec.Core.Explore;

namespace SasRec.Simulator.Loop;

/// <summary>One way of running the system, to be compared with others in the same world.</summary>
/// <param name="Name">As it stands in tables.</param>
/// <param name="Policy">How slates are drawn.</param>
/// <param name="MaxWeight">
/// Null trains on everything alike. Otherwise an interaction that came through a slate is kept for training with probability
/// min(1, 1 / (propensity × MaxWeight)) of the propensity logged at that moment: weighing by clipped inverse propensity, by thinning.
/// What users took on their own is always kept.
/// </param>
public sealed record LoopArm(string Name, ExplorationPolicy Policy, double? MaxWeight = null);
