using SasRec.Core.Explore;

namespace SasRec.Simulator.Loop;

/// <summary>One way of running the system, to be compared with others in the same world.</summary>
/// <param name="Name">As it stands in tables.</param>
/// <param name="Policy">How slates are drawn.</param>
/// <param name="MaxWeight">
/// Null trains on everything alike. Otherwise interactions that came through a slate weigh by the clipped inverse of the propensity
/// logged with it (SasRec.Core.Sequences.PropensityWeights); what users took on their own always counts 1.
/// </param>
public sealed record LoopArm(string Name, ExplorationPolicy Policy, double? MaxWeight = null);
