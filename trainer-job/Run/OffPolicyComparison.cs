using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Run;

/// <summary>Compares challenger and champion off-policy: on the slates that the champion served, and what users did with them.</summary>
/// <remarks>
/// The champion was trained before it served. The model to be published is trained on everything, the outcomes of these slates
/// included, so it cannot be asked about them; nor can one that lacks only each user's last action: it could be asked only about
/// slates after which little happened, and that would be to choose slates by their outcome. So a stand-in is trained, as the model to be
/// published is, on what happened before a moment, and asked about the slates served after it: of the newest slates of the champion the
/// older half lies before that moment, and the newer half is the test. Histories at serving are rebuilt from the log; they may hold
/// what happened after the moment, as they would in production.
/// </remarks>
/// <param name="storage">The log.</param>
/// <param name="terminal">Shows progress.</param>
/// <param name="fitter">Trains the stand-in.</param>
/// <param name="open">Opens a published model over the items of the data.</param>
/// <param name="reward">Opens the model of the rewards that the champion's response model is; null where it has none.</param>
/// <param name="slates">How many of the newest slates are used; 0 for no comparison.</param>
/// <param name="ledger">How slates are joined with what followed.</param>
sealed class OffPolicyComparison(
    StorageConnection storage,
    Terminal terminal,
    ModelFitter fitter,
    Func<RunInput, ModelManifest, CancellationToken, Task<PublishedModel>> open,
    Func<RunInput, CancellationToken, Task<ExpectedReward?>> reward,
    int slates,
    LedgerOptions ledger)
{
    /// <summary>The evidence; null where no model serves or no slates are to be used.</summary>
    /// <param name="input">The data, the champion, and the weights to start from: nothing, or the champion's, which know of none of the
    /// slates.</param>
    /// <param name="challenger">How the stand-in is trained.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UserError">The champion's slates name only recommenders that this trainer does not know.</exception>
    public async Task<OffPolicyEvidence?> CompareAsync(RunInput input, Challenger challenger, CancellationToken cancellation)
    {
        if (input.Champion is not { } champion || slates == 0)
        {
            return null;
        }

        var until = terminal.Time.GetUtcNow() + InteractionRules.ClockSkew;
        var newest = await new ImpressionLog(storage).NewestSlatesAsync(champion.CreatedAt, until, slates, cancellation);
        ServedSlate[] ofChampion = [.. newest.Slates.Where(slate => slate.Impression.ModelVersion == champion.Version)];
        ServedSlate[] served =
        [
            .. ofChampion
                .Where(slate => slate.Impression is { Recommender: Recommenders.Sasrec, UserId: not null, Seeded: false })
                .OrderBy(slate => slate.Impression.ServedAt),
        ];
        RequireKnownRecommenders(champion.Version, ofChampion);
        var needed = 2 * OffPolicyEvidence.Options.MinEffectiveSampleSize;
        if (served.Length < needed)
        {
            return OffPolicyEvidence.None(FormattableString.Invariant(
                $"not enough support: {served.Length:N0} slates were shown by {champion.Version}, {needed:N0} are needed"));
        }

        var moment = served[served.Length / 2].Impression.ServedAt;
        RewardedSlate[] test = [.. served.Where(slate => slate.Impression.ServedAt >= moment).Select(slate => Rewarded(slate, moment))];
        if (test.Length < needed / 2 || test.All(slate => slate.Rewards.Sum() == 0))
        {
            return OffPolicyEvidence.None(FormattableString.Invariant(
                $"not enough support: of {test.Length:N0} slates {test.Count(slate => slate.Rewards.Sum() > 0):N0} led to anything"), test.Length);
        }

        var before = Before(input.Data.Sequences, moment);
        var standIn = await fitter.RefitAsync(
            "Training on what came before", before, challenger.Plan, challenger.Epochs, cancellation, input.Start.Published);
        using var serving = await open(input, champion, cancellation);
        using var scorer = new ModelScorer(
            standIn.Weights, challenger.Plan.Options.Threads, challenger.Plan.ServedNeighboursOf(before, cancellation));
        var expected = await reward(input, cancellation);
        return await terminal.MeterAsync("Comparing on served slates", test.Length, "slates", meter => Task.Run(() =>
            new SlateReplay(input.Data, serving, new TrainedItemsScorer(scorer, before), expected)
                .Evaluate(test, null, count => meter.Add(count), cancellation)));
    }

    /// <summary>Refuses slates of which every one names a recommender that this trainer does not know: then the two processes disagree
    /// about names, and the comparison would find nothing for ever.</summary>
    /// <param name="version">The champion.</param>
    /// <param name="slates">Its slates.</param>
    /// <exception cref="UserError">No slate names a known recommender, and there are slates.</exception>
    internal static void RequireKnownRecommenders(string version, IReadOnlyList<ServedSlate> slates)
    {
        var names = slates.Select(slate => slate.Impression.Recommender).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (names.Length > 0 && !names.Any(Recommenders.Known.Contains))
        {
            throw new UserError(FormattableString.Invariant(
                $"The {slates.Count:N0} newest slates of {version} name the recommenders {string.Join(", ", names)}; known are ")
                + $"{string.Join(", ", Recommenders.Known)}. Deploy a trainer and a functions app of the same release, or run with --gate-slates 0.");
        }
    }

    /// <summary>What happened before a moment.</summary>
    internal static SequenceDataset Before(SequenceDataset data, DateTimeOffset moment)
    {
        var lengths = new int[data.UserCount];
        for (var user = 0; user < lengths.Length; user++)
        {
            var times = data.Times(user);
            while (lengths[user] < times.Length && times[lengths[user]] < moment.ToUnixTimeMilliseconds())
            {
                lengths[user]++;
            }
        }

        return data.Prefixes(lengths);
    }

    /// <summary>A slate with what it led to. What is dated before the moment, by a client whose clock is behind, was trained on and does not
    /// count.</summary>
    RewardedSlate Rewarded(ServedSlate slate, DateTimeOffset moment)
    {
        var outcome = SlateOutcome.Of(slate with { Events = [.. slate.Events.Where(happened => happened.At >= moment)] }, ledger);
        return new RewardedSlate(slate.Impression, [.. outcome.Interacted.Select(interacted => interacted ? 1.0 : 0)]);
    }
}
