using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;

namespace SasRec.Trainer.Run;

/// <summary>Asks the strict networks of challenger and anchor about users who did nothing since the anchor was trained.</summary>
/// <remarks>
/// Neither network was trained on these answers (<see cref="LeaveOneOut.Of"/> holds the last two actions out of every strict training), and what the challenger
/// knows of newer days helps little with them: what is left is how well the recipe learns from what both know. Items that the anchor does
/// not know are left out of both rankings.
/// </remarks>
/// <param name="openStrict">Opens the strict network of a published model over the items of the data.</param>
/// <param name="minUsers">The fewest users who can be asked.</param>
sealed class RecipeComparison(Func<RunInput, ModelManifest, CancellationToken, Task<PublishedModel>> openStrict, int minUsers)
{
    static readonly RankingOptions Ranking = new() { SampledNegatives = 0 };

    /// <summary>The comparison; null where there is no anchor, it has no strict weights, or too few users can be asked.</summary>
    /// <param name="input">The data and the anchor.</param>
    /// <param name="challenger">The challenger.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<RecipeEvidence?> CompareAsync(RunInput input, Challenger challenger, CancellationToken cancellation)
    {
        if (input.Anchor is not { } anchor || !anchor.Files.ContainsKey(Names.ModelBlobs.StrictWeights) || anchor.Data.To is not { } trained)
        {
            return null;
        }

        using var theirs = await openStrict(input, anchor, cancellation);
        bool[] known = [.. input.Data.Items.Ids.Select(id => theirs.Own.Items.TryGetIndex(id, out _))];
        var all = input.Split.Test;
        var asked = all.Where(i => all.TargetTime(i) <= trained.ToUnixTimeMilliseconds() && known[all.FirstTarget(i)])
            .AtMost(HoldOut.MaxValidationCases);
        if (asked.Count < minUsers)
        {
            return null;
        }

        using var network = new ModelScorer(challenger.Strict.Training.Weights, challenger.Plan.Options.Threads);
        var ours = RankingEvaluator.Evaluate(new KnownItemsScorer(network, known), asked, Ranking, null, cancellation);
        var anchored = RankingEvaluator.Evaluate(theirs, asked, Ranking, null, cancellation);
        return new RecipeEvidence(anchor.Version, ours.NdcgByCase, anchored.NdcgByCase);
    }
}
