using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>Trains SASRec: epochs, validation, early stopping, checkpoints, progress.</summary>
public static class SasRecTrainer
{
    /// <summary>Trains until the validation metric stops rising, or for all epochs.</summary>
    /// <param name="data">Every history in full is training data: hold out before. Repeats are no targets, see
    /// <see cref="SequenceDataset.WithoutRepeatsAsTargets"/>.</param>
    /// <param name="config">The network.</param>
    /// <param name="options">How to train.</param>
    /// <param name="validate">Judges weights, higher is better; the best are kept. Null trains for exactly the epochs asked for.</param>
    /// <param name="progress">Told after steps, several times a second.</param>
    /// <param name="checkpointFolder">Where progress is saved; a checkpoint of the same run found there is continued. Null saves nothing.</param>
    /// <param name="initial">Weights to start from, of the same network and catalogue; they stay as they are, and their bias is left out. Fresh ones if null.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops after the current step; with a folder, progress is saved first.</param>
    /// <exception cref="OperationCanceledException">It was stopped; with a folder, the same call continues to the same model.</exception>
    /// <exception cref="ArgumentException">The options are out of range, or no history has two interactions.</exception>
    public static TrainingResult Train(
        SequenceDataset data,
        SasRecConfig config,
        TrainingOptions options,
        Func<SasRecWeights, double>? validate = null,
        IProgress<TrainingProgress>? progress = null,
        string? checkpointFolder = null,
        SasRecWeights? initial = null,
        TimeProvider? time = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(options);
        options = options.Validated() with { Engine = Engines.Resolve(options.Engine) };
        var weights = initial?.WithItemBias(null).Copy() ?? SasRecWeights.Initialized(config.Validated(), data.ItemCount, options.Seed);
        if (weights.Config != config || weights.ItemCount != data.ItemCount)
        {
            throw new ArgumentException(
                $"The initial weights are of {weights.Config} and {weights.ItemCount} items, not of {config} and {data.ItemCount}.",
                nameof(initial));
        }

        using var run = new TrainingRun(
            Engines.Create, data.WithoutRepeatsAsTargets(), weights, options, validate, progress, checkpointFolder,
            time ?? TimeProvider.System);
        return run.ToEnd(cancellationToken);
    }
}
