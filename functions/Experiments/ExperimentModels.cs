using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Experiments;
using SasRec.Storage.Models;

namespace SasRec.Functions.Experiments;

/// <summary>The models that the arms of running experiments name, in memory. One that serves anyway is not loaded again.</summary>
sealed class ExperimentModels(
    ModelSlots slots,
    [FromKeyedServices(StorageServices.Background)] ModelRegistry registry,
    CatalogueHolder catalogue,
    TimeProvider clock,
    ILogger<ExperimentModels> log)
{
    volatile Dictionary<string, ModelSlot> held = [];

    /// <summary>The model of a version until the lease is disposed; null where it is not in memory.</summary>
    public ModelLease? TryLease(string version)
    {
        if (held.GetValueOrDefault(version)?.TryLease() is { } own)
        {
            return own;
        }

        if (slots.Current.TryLease() is not { } serving)
        {
            return null;
        }

        if (serving.Model.Version == version)
        {
            return serving;
        }

        serving.Dispose();
        return null;
    }

    /// <summary>Every version that is wanted, and what became of it here.</summary>
    public IReadOnlyList<ModelHere> Here(ExperimentBook book) =>
    [
        .. Wanted(book).Select(version => new ModelHere(
            version,
            slots.Current.State.Serving == version || held.GetValueOrDefault(version)?.State.Serving == version,
            held.GetValueOrDefault(version)?.State.Failure)),
    ];

    /// <summary>Loads what is missing, and lets go of what is no longer wanted.</summary>
    /// <remarks>A version that is refused is not tried again until its experiment has ended; where storage fails, the next call tries again.</remarks>
    public async Task HoldAsync(ExperimentBook book, CancellationToken cancellation)
    {
        var wanted = Wanted(book).Where(version => slots.Current.State.Serving != version).ToHashSet();
        foreach (var version in wanted.Where(version => !held.ContainsKey(version)))
        {
            var slot = new ModelSlot(ModelRole.Experiment, TimeSpan.Zero, clock);
            try
            {
                slot.Replace(await new ModelLoader("Experiment", new ModelCache(""), registry, catalogue, clock, log).LoadAsync(version, cancellation));
            }
            catch (Exception e) when (ModelLoader.IsRefusal(e))
            {
                log.LogError(e, "The experiment's model {Version} is refused.", version);
                slot.Report(slot.State with { Status = SlotStatus.Refused, Failure = e.Message });
            }

            held = new Dictionary<string, ModelSlot>(held) { [version] = slot };
        }

        var left = held.Where(slot => !wanted.Contains(slot.Key)).ToArray();
        if (left.Length > 0)
        {
            held = held.Where(slot => wanted.Contains(slot.Key)).ToDictionary();
            foreach (var (_, slot) in left)
            {
                slot.Replace(null);
            }
        }
    }

    static IEnumerable<string> Wanted(ExperimentBook book) => book.Running.SelectMany(running => running.Experiment.Models).Distinct();
}

/// <summary>A model that a running experiment needs, on the instance that answers.</summary>
/// <param name="Version">Which.</param>
/// <param name="InMemory">Whether it is in memory.</param>
/// <param name="Failure">Why it is not; null where it is, or where it is on its way.</param>
sealed record ModelHere(string Version, bool InMemory, string? Failure);
