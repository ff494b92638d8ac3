using System.CommandLine;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Commands;

/// <summary>The options that set how a model is trained; what is not given is chosen to suit the data.</summary>
sealed class TrainingOptionSet
{
    readonly Option<int?> width = new("--width") { Description = "D, the width of embeddings and layers." };
    readonly Option<int?> blocks = new("--blocks") { Description = "How many attention blocks are stacked." };
    readonly Option<int?> heads = new("--heads") { Description = "How many heads share the width." };
    readonly Option<int?> maxLength = new("--max-length") { Description = "How many of a user's newest actions the network sees." };
    readonly Option<RankingLoss?> loss = new("--loss") { Description = "What is minimised." };
    readonly Option<int?> negatives = new("--negatives") { Description = "Negatives a position." };
    readonly Option<double?> dropout = new("--dropout") { Description = "The dropout rate." };
    readonly Option<int?> batchSize = new("--batch-size") { Description = "Sequences a step." };
    readonly Option<double?> learningRate = new("--learning-rate") { Description = "Adam's learning rate." };
    readonly Option<double?> averaging = new("--averaging")
    {
        Description = "How much an epoch's weights count beside the next one's in the average that is kept, 0 (the last alone) to below 1.",
    };

    readonly Option<double?> randomEnds = new("--random-ends")
    {
        Description = "In what share of the steps a history longer than the network sees ends at random and not at its newest action, 0 to 1.",
    };

    readonly Option<int?> epochs = new("--epochs") { Description = "The most epochs." };
    readonly Option<int?> patience = new("--patience") { Description = "Epochs without a better validation after which training stops." };
    readonly Option<ulong?> seed = new("--seed") { Description = "The seed of weights, order, negatives and dropout." };
    readonly Option<double?> prior = new("--prior")
    {
        Description = "How much the demand of the last 30 days counts beside the network, 0 (not) to 10; "
            + "chosen on validation where not given.",
        Validators =
        {
            given =>
            {
                if (given.GetValueOrDefault<double?>() is not (null or (>= 0 and <= 10)))
                {
                    given.AddError($"--prior must be from 0 to 10, not {given.GetValueOrDefault<double?>()}.");
                }
            },
        },
    };

    readonly Option<EngineKind> engine = new("--engine")
    {
        Description = "What trains: the CPU engine, or Torch, which Auto takes where it has a GPU.",
        DefaultValueFactory = _ => EngineKind.Auto,
        Validators =
        {
            given =>
            {
                if (given.GetValueOrDefault<EngineKind>() == EngineKind.Torch && Engines.TorchProblem is { } problem)
                {
                    given.AddError(problem);
                }
            },
        },
    };

    readonly Option<int?> threads = new("--threads") { Description = "Threads; 0 for one a core." };

    readonly Option<bool> noNeighbours = new("--no-neighbours")
    {
        Description = "Add no counts of item pairs to the network's scores; how much they add is chosen on validation where not given.",
    };

    /// <summary>Adds the options to a verb.</summary>
    public TrainingOptionSet AddTo(Command verb)
    {
        foreach (var option in new Option[]
        {
            width, blocks, heads, maxLength, loss, negatives, dropout, batchSize, learningRate, averaging, randomEnds, epochs, patience, seed, prior,
            noNeighbours, engine, threads,
        })
        {
            verb.Add(option);
        }

        return this;
    }

    /// <summary>The plan that suits the data, with what the command line sets.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public TrainingPlan For(SequenceDataset data, ParseResult parsed)
    {
        var (config, options) = TrainingOptions.For(data);
        return new TrainingPlan(
            (config with
            {
                Width = parsed.GetValue(width) ?? config.Width,
                Blocks = parsed.GetValue(blocks) ?? config.Blocks,
                Heads = parsed.GetValue(heads) ?? config.Heads,
                MaxLength = parsed.GetValue(maxLength) ?? config.MaxLength,
            }).Validated(),
            (options with
            {
                Loss = parsed.GetValue(loss) ?? options.Loss,
                Negatives = parsed.GetValue(negatives) ?? options.Negatives,
                Dropout = parsed.GetValue(dropout) ?? options.Dropout,
                BatchSize = parsed.GetValue(batchSize) ?? options.BatchSize,
                LearningRate = parsed.GetValue(learningRate) ?? options.LearningRate,
                Averaging = parsed.GetValue(averaging) ?? options.Averaging,
                RandomEnds = parsed.GetValue(randomEnds) ?? options.RandomEnds,
                Epochs = parsed.GetValue(epochs) ?? options.Epochs,
                Patience = parsed.GetValue(patience) ?? options.Patience,
                Seed = parsed.GetValue(seed) ?? options.Seed,
                Engine = Engines.Resolve(parsed.GetValue(engine)),
                Threads = parsed.GetValue(threads) ?? options.Threads,
            }).Validated(),
            parsed.GetValue(prior),
            parsed.GetValue(noNeighbours) ? NeighbourStrengths.None : null);
    }
}
