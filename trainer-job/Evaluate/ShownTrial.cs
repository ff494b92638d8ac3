using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Events;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Trainer.Commands;

namespace SasRec.Trainer.Evaluate;

/// <summary>Judges a challenger by the slates that the champion served, on outcomes that neither was trained on.</summary>
/// <remarks>
/// The champion was trained before it served. The model to be published is trained on everything, the outcomes of these slates
/// included, so it cannot be asked about them; nor can one that lacks only each user's last action, since a slate would then be
/// looked at only if little happened after it, which is to choose slates by their outcome. So a stand-in is trained, as the model to be
/// published is, on what happened before a moment, and asked about the slates served after it: of the newest slates of the champion the
/// older half goes by before that moment, and the newer half is the test. Histories at serving are rebuilt from the log; they may hold
/// what happened after the moment, as they would in production.
/// </remarks>
/// <param name="storage">The log.</param>
/// <param name="terminal">Where progress is shown.</param>
/// <param name="champions">Asks the champion.</param>
/// <param name="slates">How many of the newest slates are looked at.</param>
sealed class ShownTrial(StorageConnection storage, Terminal terminal, ChampionTrial champions, int slates)
{
    static readonly LedgerOptions Ledger = new();

    /// <summary>The evidence; null where there can be none, as no model serves or no slates are to be looked at.</summary>
    /// <param name="champion">The model that serves.</param>
    /// <param name="data">What users did.</param>
    /// <param name="plan">How the challenger is trained.</param>
    /// <param name="epochs">For how long.</param>
    /// <param name="trials">Trains.</param>
    /// <param name="initial">What the challenger begins with: nothing, or the champion's weights, which know of none of the slates.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<ShownEvidence?> WeighAsync(
        ModelManifest? champion,
        InteractionDataset data,
        TrainingPlan plan,
        int epochs,
        Trials trials,
        SasRecWeights? initial,
        CancellationToken cancellation)
    {
        if (champion is null || slates == 0)
        {
            return null;
        }

        var until = terminal.Time.GetUtcNow() + InteractionRules.ClockSkew;
        var newest = await new ImpressionLog(storage).NewestSlatesAsync(champion.CreatedAt, until, slates, cancellation);
        var served = newest.Slates.Where(slate => IsOf(slate.Impression, champion)).OrderBy(slate => slate.Impression.ServedAt).ToArray();
        var needed = 2 * ShownEvidence.Options.LeastEffectiveSampleSize;
        if (served.Length < needed)
        {
            return ShownEvidence.None(FormattableString.Invariant(
                $"not enough support: {served.Length:N0} slates were shown by {champion.Version}, {needed:N0} are needed"));
        }

        var moment = served[served.Length / 2].Impression.ServedAt;
        RewardedSlate[] test = [.. served.Where(slate => slate.Impression.ServedAt >= moment).Select(slate => Rewarded(slate, moment))];
        if (test.Length < needed / 2 || test.All(slate => slate.Rewards.Sum() == 0))
        {
            return ShownEvidence.None(FormattableString.Invariant(
                $"not enough support: of {test.Length:N0} slates {test.Count(slate => slate.Rewards.Sum() > 0):N0} led to anything"), test.Length);
        }

        var before = Before(data.Sequences, moment);
        var standIn = await trials.RefitAsync("Training on what came before", before, plan, epochs, cancellation, initial);
        using var serving = await champions.OpenAsync(champion, data.Items, plan.Options.Threads, cancellation);
        using var scorer = new ModelScorer(standIn.Weights, plan.Options.Threads, plan.NeighboursOf(before, cancellation));
        return await terminal.MeterAsync("Weighing slates", test.Length, "slates", meter => Task.Run(() =>
            new SlateReplay(data, serving, new TrainedItemsScorer(scorer, before))
                .Weigh(test, null, count => meter.Add(count), cancellation)));
    }

    static bool IsOf(Impression slate, ModelManifest champion) =>
        slate.ModelVersion == champion.Version && slate is { Source: "sasrec", UserId: not null };

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
    static RewardedSlate Rewarded(ServedSlate slate, DateTimeOffset moment)
    {
        var outcome = SlateOutcome.Of(slate with { Events = [.. slate.Events.Where(happened => happened.At >= moment)] }, Ledger);
        return new RewardedSlate(slate.Impression, [.. outcome.Interacted.Select(interacted => interacted ? 1.0 : 0)]);
    }
}
