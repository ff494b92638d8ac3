using SasRec.Core.Model;
using SasRec.Core.Options;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Run;

/// <summary>When a run goes on from the weights of the model that serves.</summary>
sealed record WarmStartOptions
{
    /// <summary>Whether this run begins with random weights in any case.</summary>
    [CommandLine("--cold", "Begin with random weights, not with those of the model that serves")]
    public bool Cold { get; init; }

    /// <summary>Every so many runs one begins with random weights, 1 for every run: what old data left in the weights fades with each
    /// training, but never goes.</summary>
    [Range(1, 1_000), CommandLine("--cold-every", "Begin with random weights every so many runs")]
    public int ColdEvery { get; init; } = 14;

    /// <summary>How many days weights may go on that were trained on a user who was deleted since; with 0 the next run begins with random
    /// weights.</summary>
    [Range(0, 30), CommandLine("--forget-within", "How many days weights may go on that were trained on a user who was deleted since")]
    public int ForgetWithinDays { get; init; } = 30;
}

/// <summary>What a run's trainings begin with.</summary>
/// <param name="Strict">For trainings that are measured: weights that saw nothing of what is held out now. Null for fresh ones.</param>
/// <param name="Published">For the training on everything: the weights that serve. Null for fresh ones.</param>
/// <param name="Lineage">What the manifest says of it.</param>
sealed record TrainingStart(SasRecWeights? Strict, SasRecWeights? Published, ModelLineage Lineage);

/// <summary>Finds what a run's trainings begin with.</summary>
/// <remarks>
/// Two chains of weights run side by side. What serves has seen everything there was, and is continued by what will serve. The strict
/// weights beside it were trained on a split that <see cref="LeaveOneOut.Of"/> calls continued, whose remarks prove that they have not
/// seen what a later run holds out. That takes histories that only gain actions or vanish as a whole, so whatever shortens histories
/// otherwise ends the chain. The deletion of a user who was trained on ends it too, within <see cref="WarmStartOptions.ForgetWithinDays"/>:
/// weights name no user, but the user's actions shaped them. So where users are deleted every day, most runs still go on.
/// </remarks>
/// <param name="registry">Where models are.</param>
/// <param name="folder">Where their files are brought.</param>
/// <param name="options">When to begin from nothing all the same.</param>
sealed class WarmStart(ModelRegistry registry, string folder, WarmStartOptions options)
{
    /// <summary>What the trainings of a plan on this data begin with.</summary>
    /// <param name="data">What of the log is trained on.</param>
    /// <param name="dataset">What of it was left out.</param>
    /// <param name="snapshot">The log.</param>
    /// <param name="plan">How it is trained.</param>
    /// <param name="champion">The model that serves; null for none.</param>
    /// <param name="cancellation">Ends the search.</param>
    public async Task<TrainingStart> FindAsync(
        InteractionDataset data,
        DatasetOptions dataset,
        Snapshot snapshot,
        TrainingPlan plan,
        ModelManifest? champion,
        CancellationToken cancellation)
    {
        if ((WhyCold(champion, plan, snapshot, data.Sequences.InteractionCount) ?? Lengthened(champion!, dataset)) is { } reason)
        {
            return Cold(reason);
        }

        var files = new ModelFolder(Path.Combine(folder, champion!.Version));
        string[] names = [Names.ModelBlobs.Weights, Names.ModelBlobs.StrictWeights, Names.ModelBlobs.Items];
        await registry.DownloadAsync(champion.Version, files.Path, names, cancellation);
        var old = (await files.ReadItemsAsync(cancellation)).Items;
        if (dataset.MinItemCount > 1 && old.Ids.Any(id => !data.Items.TryGetIndex(id, out _)))
        {
            return Cold("items fell below the least count, and their actions out of histories");
        }

        int[] known = [.. data.Items.Ids.Select(id => old.TryGetIndex(id, out var index) ? index : -1)];
        var lineage = new ModelLineage(
            champion.Version, champion.Lineage!.WarmStarts + 1, $"Warm start from {champion.Version}.", snapshot.Watermark, BeganAt(champion.Lineage));
        return new TrainingStart(
            files.ReadWeights(Names.ModelBlobs.StrictWeights).WithItems(known, plan.Options.Seed),
            files.ReadWeights().WithItems(known, plan.Options.Seed),
            lineage);

        TrainingStart Cold(string why) => new(null, null, new ModelLineage(
            null, 0, $"Cold start: {why}.", snapshot.Watermark, snapshot.Watermark));
    }

    /// <summary>Why nothing can or should be continued; null if there is no reason.</summary>
    internal string? WhyCold(ModelManifest? champion, TrainingPlan plan, Snapshot snapshot, long events) =>
        options.Cold ? "requested with --cold"
        : champion is null ? "no model serves"
        : champion.Lineage is not { } lineage || !champion.Files.ContainsKey(Names.ModelBlobs.StrictWeights)
            ? $"{champion.Version} was not trained by a run"
        : lineage.WarmStarts + 1 >= options.ColdEvery ? $"one of {options.ColdEvery} runs starts cold (--cold-every)"
        : champion.Config != plan.Config ? $"{champion.Version} is another network, {champion.Config}"
        : snapshot.Watermark - BeganAt(lineage) > SnapshotStore.DeletionMemory
            ? $"{champion.Version} is too old to say who was deleted since"
        : snapshot.Deletions.Any(deletion => IsDue(deletion, lineage, snapshot.Watermark))
            ? $"it is {options.ForgetWithinDays} days since a user was deleted whom {champion.Version} was trained on"
        : champion.Data.Events < events / 2 ? $"{champion.Version} knows less than half of what there is now"
        : plan.FirstChange(champion.Training) is { } setting ? $"{setting} is no longer what {champion.Version} was trained with"
        : null;

    /// <summary>Why weights may have seen what a run holds out now: histories are cut elsewhere than when they were trained. A cut that stays as it
    /// is does no harm: what trained has two actions after it that can be asked for, and those stay.</summary>
    static string? Lengthened(ModelManifest champion, DatasetOptions dataset) => Manifests.Shortening(dataset)
        .Where(option => (champion.Training.GetValueOrDefault(option.Key) ?? "0") != option.Value)
        .Select(option => $"{option.Key} is no longer what {champion.Version} was trained with")
        .FirstOrDefault();

    /// <summary>Whether weights of this lineage must not go on, because a user whom they may have been trained on was deleted too long ago.</summary>
    bool IsDue(SnapshotDeletion deletion, ModelLineage lineage, DateTimeOffset now) =>
        deletion.Trained != false && deletion.At > BeganAt(lineage) && now - deletion.At >= TimeSpan.FromDays(options.ForgetWithinDays);

    // An earlier release went on from no weights that knew a deleted user, so the last reading says enough of them.
    static DateTimeOffset BeganAt(ModelLineage lineage) => lineage.BeganAt ?? lineage.ReadUpTo;
}
