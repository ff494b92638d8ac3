using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Model;

namespace SasRec.Core.Experiments;

/// <summary>Which arm a user is in: a hash of experiment and user, so it is the same on every instance and for as long as the experiment runs.</summary>
/// <remarks>The hash of one experiment says nothing of the hash of another: the arms of several experiments are independent of each other.</remarks>
public static class ArmAssignment
{
    /// <summary>The user's arm; null for a user who is not part.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="userId">The user.</param>
    public static ExperimentArm? Of(Experiment experiment, string userId)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        var place = PlaceOf(experiment.Id, userId);
        foreach (var arm in experiment.Arms)
        {
            place -= arm.Share;
            if (place < 0)
            {
                return arm;
            }
        }

        return null;
    }

    /// <summary>A user's place, uniform over [0, 1): the arms divide it in their order.</summary>
    /// <param name="experimentId">The experiment.</param>
    /// <param name="userId">The user.</param>
    public static double PlaceOf(string experimentId, string userId) => CounterRandom.Uniform(UserHash.Of(experimentId), UserHash.Of(userId));
}
