using SasRec.Core.Experiments;
using SasRec.Storage.Models;
using SasRec.Storage.Rules;

namespace SasRec.Functions.Experiments;

/// <summary>Gives everybody what one arm had, where it belongs: its model becomes the one that serves, its rules become those of the placement.</summary>
/// <remarks>Its policy and its recommender have no other place than the experiment itself: <see cref="ArmSetting"/> applies them from then on. Each step
/// can be done again, so a shipment that ended half way is completed by asking for it once more.</remarks>
sealed class ExperimentShipping(ModelRegistry registry, RuleStore rules, TimeProvider clock)
{
    /// <summary>Ships the model and the rules of an arm.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="move">Which arm, and who ships it.</param>
    /// <exception cref="ModelRefusedException">The gate refused the model, and that is not overridden.</exception>
    public async Task ShipAsync(Experiment experiment, ExperimentMove move)
    {
        var arm = experiment.Arm(move.Arm!)!;
        var reason = $"experiment {experiment.Id}, {arm.Name}: {move.Reason}";
        if (arm.ModelVersion is { } version && (await registry.CurrentAsync(CancellationToken.None))?.Pointer.Version != version)
        {
            await registry.ActivateAsync(version, move.By, reason, move.Override, CancellationToken.None);
        }

        if (arm.Rules is { } added && experiment.Placement is { } placement)
        {
            var known = (await rules.CurrentAsync(CancellationToken.None)).Of(placement);
            if (known?.Reason != reason)
            {
                var whole = known?.Rules is { } present ? present.With(added) : added;
                await rules.ChangeAsync(new RuleChange(0, placement, whole, move.By, reason, clock.GetUtcNow()), known?.Version ?? 0, CancellationToken.None);
            }
        }
    }
}
