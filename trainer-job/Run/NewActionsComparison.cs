using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Run;

/// <summary>Asks challenger, champion, anchor and baselines what users did since the champion was trained, on equal terms and as they would
/// serve.</summary>
/// <remarks>The champion knows every action before those; what was counted anew for it since is counted on what the challenger knows. The strict challenger lacks one of each user, so a challenger that was
/// trained further on all but the last action stands in for it; the baselines count what it was trained on.</remarks>
/// <param name="evaluation">Measures models.</param>
/// <param name="fitter">Trains the challenger again.</param>
/// <param name="open">Opens a published model over the items of the data, with what it may have counted.</param>
/// <param name="minUsers">The fewest users with new actions; with fewer nothing is trained and nothing compared.</param>
sealed class NewActionsComparison(
    ModelEvaluation evaluation, ModelFitter fitter, Func<RunInput, ModelManifest, SequenceDataset, CancellationToken, Task<PublishedModel>> open,
    int minUsers)
{
    /// <summary>What the gate decides by.</summary>
    /// <param name="input">The data, the champion and the anchor.</param>
    /// <param name="challenger">The challenger.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The evidence, and the challenger trained again on all but the last action, on the whole test; null where that was not needed.
    /// </returns>
    public async Task<(GateEvidence Evidence, RankingReport? Refit)> CompareAsync(
        RunInput input, Challenger challenger, CancellationToken cancellation)
    {
        if (input.Champion is not { } champion)
        {
            return (challenger.Strict.FirstEvidence!(), null);
        }

        var (split, threads) = (input.Split, challenger.Plan.Options.Threads);
        var fresh = Fresh(split.Test, champion, minUsers);
        if (fresh.Count < minUsers)
        {
            return (GateEvidence.TooFew(champion.Version, fresh.Count), null);
        }

        var refit = await (input.Start.Strict is { } strict
            ? fitter.RefitAsync("Refit", split.Refit, challenger.Plan, challenger.Epochs, cancellation, strict)
            : fitter.GoOnAsync("Refit", split.Refit, challenger.Plan, challenger.Strict.Training, cancellation));
        var neighbours = challenger.Plan.NeighboursOf(split.Refit, cancellation);
        var report = await evaluation.MeasureAsync(
            "Evaluating refit", refit.Weights.WithItemBias(null), neighbours, threads, split.Test, cancellation);
        using var scorer = new ModelScorer(refit.Weights, threads, challenger.Plan.Served(neighbours));
        var policy = challenger.Strict.Exploration!.Policy(ExplorationCurve.DefaultExploration);
        var evidence = new GateEvidence(
            FormattableString.Invariant($"what {fresh.Count:N0} users did since {champion.Version} was trained"),
            evaluation.AsServed(new TrainedItemsScorer(scorer, split.Refit), policy, fresh, cancellation),
            evaluation.BaselinesAsServed(split.Refit, fresh, cancellation),
            await AskAsync(input, champion, fresh, cancellation),
            input.Anchor is { } anchor && anchor.Version != champion.Version ? await AskAsync(input, anchor, fresh, cancellation) : null);
        return (evidence, report);
    }

    async Task<Incumbent> AskAsync(RunInput input, ModelManifest manifest, EvaluationCases fresh, CancellationToken cancellation)
    {
        using var model = await open(input, manifest, input.Split.Refit, cancellation);
        return new Incumbent(manifest.Version, evaluation.AsServed(model, model.Policy, fresh, cancellation));
    }

    /// <summary>The cases whose answers came after the newest interaction that the champion was trained on; of those, what users did on their
    /// own, where that is enough to compare by.</summary>
    /// <remarks>What users took of the champion's slates the champion had put there: by such answers it looks better than any model that
    /// would have shown something else.</remarks>
    public static EvaluationCases Fresh(EvaluationCases cases, ModelManifest champion, int minUsers)
    {
        var newest = champion.Data.To?.ToUnixTimeMilliseconds() ?? long.MinValue;
        var fresh = cases.Where(i => cases.TargetTime(i) > newest);
        var own = fresh.Where(i => !fresh.WasShown(i));
        return own.Count >= minUsers ? own : fresh;
    }
}
