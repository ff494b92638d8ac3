using SasRec.Core.Experiments;
using SasRec.Core.Explore;

namespace SasRec.Simulator.Experiments;

/// <summary>Experiments of two arms with users drawn anew, looked at every day and ended by the first verdict.</summary>
/// <remarks>Users differ: how much one acts is Poisson about a mean of their own, which is exponential over the users. So most do nothing, and few do much.</remarks>
/// <param name="UsersADay">How many users become countable each day, over both arms.</param>
/// <param name="Days">For how many days it runs at most.</param>
/// <param name="Mean">Actions a user in the control.</param>
/// <param name="Lift">How much more in the other arm, as a share.</param>
public sealed record SimulatedExperiment(int UsersADay, int Days, double Mean, double Lift)
{
    static readonly Experiment Design = new() { Id = "simulated", Effect = 0.1, Arms = [new ExperimentArm("a", 0.5), new ExperimentArm("b", 0.5)] };

    static readonly ArmGuards[] NoGuards = [.. Design.Arms.Select(_ => new ArmGuards(0, null, 0, null, null, null))];

    /// <summary>Runs one.</summary>
    /// <param name="seed">Which users.</param>
    /// <returns>The day on which it claimed a difference, from 1 on, and whether b was better; null where it never did.</returns>
    public (int Day, bool Better)? Run(ulong seed)
    {
        var random = new RandomStream(seed);
        ArmSums[] sums = [new(), new()];
        for (var day = 1; day <= Days; day++)
        {
            for (var user = 0; user < UsersADay; user++)
            {
                var arm = random.NextDouble() < 0.5 ? 0 : 1;
                sums[arm].Add(Actions(Mean * (arm == 0 ? 1 : 1 + Lift), ref random));
            }

            if (ExperimentVerdict.Of(Design, sums, NoGuards, DateTimeOffset.UnixEpoch.AddDays(day)).Arms[1].Difference is { } found && (found.Better || found.Worse))
            {
                return (day, found.Better);
            }
        }

        return null;
    }

    /// <summary>Runs many, in parallel.</summary>
    /// <param name="count">How many; their seeds are 0 and up.</param>
    /// <param name="cancellation">Ends the runs.</param>
    public IReadOnlyList<(int Day, bool Better)?> RunMany(int count, CancellationToken cancellation = default)
    {
        var claims = new (int, bool)?[count];
        Parallel.For(0, count, new ParallelOptions { CancellationToken = cancellation }, seed => claims[seed] = Run((ulong)seed));
        return claims;
    }

    // A Poisson number about an exponential mean is geometric.
    static double Actions(double mean, ref RandomStream random) =>
        Math.Floor(Math.Log(1 - random.NextDouble()) / Math.Log(mean / (1 + mean)));
}
