using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Sequences;
using SasRec.Serving.Inference;
using SasRec.Storage.Log;
using SasRec.Storage.Models;
using SasRec.Storage.Training;
using SasRec.Storage;
using SasRec.Trainer.Console;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>Sends a model that something else trained through the gate of own models: the same cases, the same baselines, the same champion.</summary>
/// <remarks>It must not have been trained on the rows of the split test, nor chosen on them: what it is asked is what they say. The slates that
/// the champion showed are not looked at: they could only refuse.</remarks>
/// <param name="storage">The account.</param>
/// <param name="meanings">What events mean.</param>
/// <param name="options">How strict the gate is.</param>
/// <param name="terminal">Shows progress.</param>
sealed class ForeignGate(StorageConnection storage, EventMeanings meanings, GateOptions options, Terminal terminal)
{
    readonly ModelEvaluation evaluation = new(terminal, new RankingOptions { SampledNegatives = 0 });
    readonly ModelRegistry registry = new(storage);

    /// <summary>Judges a model.</summary>
    /// <param name="folder">Its folder, which keeps to the contract.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="items">Its items.</param>
    /// <param name="champion">The model that serves; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>The manifest with metrics, price of exploration and verdict.</returns>
    public async Task<ModelManifest> JudgeAsync(
        ModelFolder folder, ModelManifest manifest, ModelItems items, ModelManifest? champion, CancellationToken cancellation)
    {
        var log = new LogReader(
            new SnapshotStore(storage), new LoggedPropensities(new ImpressionLog(storage), storage.Options.Parallelism), meanings, terminal);
        var data = await log.ReadAsync(await SettledSnapshot.ReadAsync(storage, terminal, cancellation), new DatasetOptions(), cancellation);
        var split = HoldOut.Split(data.Sequences);
        if (HoldOut.WhatIsMissing(split) is { } little)
        {
            throw new UserError($"The log has too little to judge a model by: {little}.");
        }

        using var network = new OnnxScorer(new OnnxNetwork(folder.Files[Names.ModelBlobs.Network], items.Items.Count), items.Items.Count, manifest.Config.MaxLength);
        var scorer = new RemappedScorer(network, items, data.Items);
        var curve = ExplorationMeasure.Of(scorer, split.Validation, evaluation.K, cancellation);
        var report = await terminal.MeterAsync("Evaluating", split.Test.Count, "users", meter => Task.Run(() =>
            RankingEvaluator.Evaluate(scorer, split.Test, evaluation.Options, count => meter.Add(count), cancellation)));
        var asked = champion is null ? split.Test : NewActionsComparison.Fresh(split.Test, champion, options.MinUsers);
        var decision = PromotionGate.Decide(
            champion is not null && asked.Count < options.MinUsers
                ? GateEvidence.TooFew(champion.Version, asked.Count)
                : new GateEvidence(
                    champion is null
                        ? FormattableString.Invariant($"the last actions of {asked.Count:N0} users")
                        : FormattableString.Invariant($"what {asked.Count:N0} users did since {champion.Version} was trained"),
                    evaluation.AsServed(scorer, curve.Policy(ExplorationCurve.DefaultExploration), asked, cancellation),
                    evaluation.BaselinesAsServed(split.Refit, asked, cancellation),
                    champion is null ? null : await AskAsync(champion, data.Items, split.Refit, asked, cancellation)),
            options);
        foreach (var line in decision.Reasons)
        {
            terminal.Say(line);
        }

        return manifest with
        {
            Metrics = report.Metrics,
            Baselines = (await evaluation.BaselinesAsync(split.Refit, split.Test, cancellation)).ToDictionary(baseline => baseline.Key, baseline => baseline.Value.Metrics),
            Exploration = curve,
            Verdict = new GateVerdict(decision.Passed, decision.Reasons, decision.Figures),
        };
    }

    async Task<Incumbent> AskAsync(
        ModelManifest champion, ItemVocabulary items, SequenceDataset known, EvaluationCases asked, CancellationToken cancellation)
    {
        var files = Path.Combine(Path.GetTempPath(), "sasrec-trainer", "champions");
        using var model = await PublishedModel.OpenAsync(registry, champion, files, items, threads: 0, known, cancellation);
        return new Incumbent(champion.Version, evaluation.AsServed(model, model.Policy, asked, cancellation));
    }
}
