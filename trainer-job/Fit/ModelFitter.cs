using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>Trains models: with validation and test, or for a known number of epochs.</summary>
/// <param name="terminal">Shows progress.</param>
/// <param name="checkpoints">The folder in which training saves its progress.</param>
/// <param name="evaluation">Measures the trained models.</param>
/// <param name="progress">Receives the training progress, beside the terminal; null for nothing.</param>
sealed class ModelFitter(
    Terminal terminal, string checkpoints, ModelEvaluation evaluation, IProgress<TrainingProgress>? progress = null)
{
    /// <summary>Trains on all but the last two actions of each user, chooses the epoch on the one before the last, measures on the last.
    /// </summary>
    /// <remarks>A training from nothing has a second one beside it, on what came before a moment (<see cref="PastModel"/>): by it the weight of
    /// the popularity prior is chosen, and a first model is judged.</remarks>
    /// <param name="split">The data.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="cancellation">Stops training; progress is saved.</param>
    /// <param name="initial">The weights to start from; null for fresh ones.</param>
    /// <param name="title">The title of the progress display and the name of the checkpoint folder.</param>
    public async Task<MeasuredModel> FitAsync(
        LeaveOneOut split,
        TrainingPlan plan,
        CancellationToken cancellation,
        SasRecWeights? initial = null,
        string title = "Training")
    {
        var validate = evaluation.Validation(split.Validation, plan.Options.Threads);
        var training = await TrainAsync(title, split.Train, plan, validate, initial, cancellation);
        var (k, cases, threads) = (evaluation.K, HoldOut.MaxValidationCases, plan.Options.Threads);
        var counts = await evaluation.CountPairsAsync(split.Train, cancellation);
        using (var network = new ModelScorer(training.Weights, threads))
        {
            plan = plan with
            {
                Neighbours = plan.Neighbours ?? NeighbourChoice.Choose(network, counts, split.Validation, k, cases, cancellation),
            };
        }

        var neighbours = plan.Neighbours.Any ? counts.With(plan.Neighbours) : null;
        var past = initial is null || plan.PriorStrength is null
            ? await TrainOnPastAsync(title, split.Train, plan, training.BestEpoch, cancellation)
            : null;
        var prior = plan.PriorStrength is { } given ? PriorChoice.Fixed(given, plan.NeighbourShare)
            : past is null ? PriorChoice.Fixed(0, 1)
            : await terminal.MeterAsync("Choosing the prior", past.Cases, "users", meter =>
                Task.Run(() => past.ChoosePrior(k, count => meter.Add(count), cancellation)));
        plan = plan with { PriorStrength = prior.Strength, NeighbourShare = prior.NeighbourShare };
        var report = await evaluation.MeasureAsync("Evaluating", training.Weights, neighbours, threads, split.Test, cancellation);
        var (curve, served) = await evaluation.PriceAsync(
            ItemPrior.On(training.Weights, split.Train, prior.Strength), plan.Served(neighbours), threads, split, cancellation);
        var baselines = await evaluation.BaselinesAsync(split.Train, split.Test, cancellation, counts);
        return new MeasuredModel(training, report, baselines, plan, curve, served, () =>
            past?.Evidence(evaluation, prior, curve, cancellation) ?? OfLastActions(served, split, cancellation));
    }

    /// <summary>Trains on more data than a strict training had: its weights go on as <see cref="Further"/> says, and the plan's popularity
    /// prior is added. EXPERIMENTS.md says why this beats a training from nothing.</summary>
    /// <param name="title">The title of the progress display and the name of the checkpoint folder.</param>
    /// <param name="data">The data; every history in full.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="strict">The strict training, over the same items.</param>
    /// <param name="cancellation">Stops training; progress is saved.</param>
    public Task<TrainingResult> GoOnAsync(
        string title, SequenceDataset data, TrainingPlan plan, TrainingResult strict, CancellationToken cancellation)
    {
        var further = plan with { Options = Further(plan.Options, strict) };
        return RefitAsync(title, data, further, further.Options.Epochs, cancellation, strict.Weights);
    }

    /// <summary>How the weights of a strict training go on: for a quarter of the epochs that it took, and with every action, since so few epochs
    /// learn too little of what is new if they leave some of it out.</summary>
    /// <param name="options">How the strict training was done.</param>
    /// <param name="strict">The strict training.</param>
    public static TrainingOptions Further(TrainingOptions options, TrainingResult strict) =>
        options with { Epochs = Math.Max(1, (int)Math.Round(strict.BestEpoch / 4.0)), ItemDropout = 0 };

    /// <summary>Trains for a number of epochs that was chosen before, and adds the plan's popularity prior.</summary>
    /// <param name="title">The title of the progress display and the name of the checkpoint folder.</param>
    /// <param name="data">The data; every history in full.</param>
    /// <param name="plan">How to train.</param>
    /// <param name="epochs">For how many epochs.</param>
    /// <param name="cancellation">Stops training; progress is saved.</param>
    /// <param name="initial">The weights to start from; null for fresh ones.</param>
    public async Task<TrainingResult> RefitAsync(
        string title,
        SequenceDataset data,
        TrainingPlan plan,
        int epochs,
        CancellationToken cancellation,
        SasRecWeights? initial = null)
    {
        var exactly = plan with { Options = plan.Options with { Epochs = epochs } };
        var result = await TrainAsync(title, data, exactly, null, initial, cancellation);
        return result with { Weights = ItemPrior.On(result.Weights, data, plan.PriorStrength ?? 0) };
    }

    /// <summary>Trains on what came before a moment; null where there are no times, or too few users did anything later.</summary>
    async Task<PastModel?> TrainOnPastAsync(
        string title, SequenceDataset train, TrainingPlan plan, int epochs, CancellationToken cancellation)
    {
        if (!train.HasTimes || train.InteractionCount == 0)
        {
            return null;
        }

        var cut = TimeSplit.ByShare(train, PastModel.LaterShare);
        if (cut.Test.Count < ItemPrior.MinCases || !cut.Test.Users.Any(user => cut.Train.Length(user) >= 2))
        {
            return null;
        }

        var exactly = plan with { Options = plan.Options with { Epochs = epochs } };
        var trained = await TrainAsync(title + ", past", cut.Train, exactly, null, null, cancellation, watcher: null);
        return new PastModel(
            trained.Weights,
            plan.NeighboursOf(cut.Train, cancellation),
            cut.Train,
            cut.Test.AtMost(HoldOut.MaxValidationCases),
            plan.Options.Threads);
    }

    /// <summary>What there is to judge a first model by where nobody can be asked about the present: each user's last action.</summary>
    GateEvidence OfLastActions(ServedRanking served, LeaveOneOut split, CancellationToken cancellation)
    {
        var asked = split.Test.AtMost(HoldOut.MaxValidationCases);
        return new GateEvidence(
            FormattableString.Invariant($"the last action of {asked.Count:N0} users"),
            ModelEvaluation.Weighted(served.Ndcg, asked),
            evaluation.BaselinesAsServed(split.Train, asked, cancellation));
    }

    /// <summary>Deletes the saved progress, once the models that it led to are safe.</summary>
    public void DeleteCheckpoints()
    {
        if (Directory.Exists(checkpoints))
        {
            Directory.Delete(checkpoints, recursive: true);
        }
    }

    Task<TrainingResult> TrainAsync(
        string title,
        SequenceDataset data,
        TrainingPlan plan,
        Func<SasRecWeights, double>? validate,
        SasRecWeights? initial,
        CancellationToken cancellation) =>
        TrainAsync(title, data, plan, validate, initial, cancellation, progress);

    Task<TrainingResult> TrainAsync(
        string title,
        SequenceDataset data,
        TrainingPlan plan,
        Func<SasRecWeights, double>? validate,
        SasRecWeights? initial,
        CancellationToken cancellation,
        IProgress<TrainingProgress>? watcher) =>
        terminal.MeterAsync(title, plan.Options.Epochs, "epochs", meter => Task.Run(() =>
        {
            var shown = new TrainingMeter(meter, evaluation.K, watcher);
            var folder = Path.Combine(checkpoints, title.Replace(", ", "-", StringComparison.Ordinal).Replace(' ', '-').ToLowerInvariant());
            Directory.CreateDirectory(folder);
            return SasRecTrainer.Train(data, plan.Config, plan.Options, validate, shown, folder, initial, terminal.Time, cancellation);
        }));
}
