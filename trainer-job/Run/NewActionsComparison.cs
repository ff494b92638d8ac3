using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Run;

/// <summary>Compares challenger and champion on what users did since the champion was trained, on equal terms.</summary>
/// <remarks>The champion knows every action before those. The strict challenger lacks one of each user, so a challenger that was
/// trained further on all but the last action stands in for it.</remarks>
/// <param name="evaluation">Measures models.</param>
/// <param name="fitter">Trains the challenger again.</param>
/// <param name="open">Opens the champion over the items of the data.</param>
/// <param name="minUsers">The fewest users with new actions; with fewer nothing is trained, and the comparison is of nothing.</param>
sealed class NewActionsComparison(
    ModelEvaluation evaluation, ModelFitter fitter, Func<RunInput, CancellationToken, Task<Champion>> open, int minUsers)
{
    /// <summary>The comparison; null where no model serves.</summary>
    /// <param name="input">The data and the champion.</param>
    /// <param name="challenger">The challenger.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<NewActionsResult?> CompareAsync(RunInput input, Challenger challenger, CancellationToken cancellation)
    {
        if (input.Champion is not { } champion)
        {
            return null;
        }

        var (split, threads) = (input.Split, challenger.Plan.Options.Threads);
        var fresh = Fresh(split.Test, champion);
        if (fresh.Count < minUsers)
        {
            var few = RankingEvaluator.Evaluate(PopularityScorer.AllTime(split.Train), fresh, evaluation.Options, null, cancellation);
            return new NewActionsResult(new ChampionComparison(champion.Version, few, few), null);
        }

        var refit = await (input.Start.Strict is { } strict
            ? fitter.RefitAsync("Refit", split.Refit, challenger.Plan, challenger.Epochs, cancellation, strict)
            : fitter.GoOnAsync("Refit", split.Refit, challenger.Plan, challenger.Strict.Training, cancellation));
        var neighbours = challenger.Plan.NeighboursOf(split.Refit, cancellation);
        var report = await evaluation.MeasureAsync(
            "Evaluating refit", refit.Weights.WithItemBias(null), neighbours, threads, split.Test, cancellation);
        var ours = await evaluation.MeasureAsync("Evaluating on new actions", refit.Weights, challenger.Plan.Served(neighbours), threads, fresh, cancellation);
        using var serving = await open(input, cancellation);
        var theirs = RankingEvaluator.Evaluate(serving, fresh, evaluation.Options, null, cancellation);
        return new NewActionsResult(new ChampionComparison(champion.Version, ours.ImportanceWeighted(fresh), theirs.ImportanceWeighted(fresh)), report);
    }

    /// <summary>The cases whose answers came after the newest interaction that the champion was trained on.</summary>
    static EvaluationCases Fresh(EvaluationCases cases, ModelManifest champion)
    {
        var newest = champion.Data.To?.ToUnixTimeMilliseconds() ?? long.MinValue;
        return cases.Where(i => cases.TargetTime(i) > newest);
    }
}
