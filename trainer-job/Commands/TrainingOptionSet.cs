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
    readonly RecordOptions<SasRecConfig> config = new();
    readonly RecordOptions<TrainingOptions> training = new();

    readonly RecordOptions<ScoreTermOptions> terms = new();

    /// <summary>The options; Torch is refused where it cannot be used.</summary>
    public TrainingOptionSet() => training[nameof(TrainingOptions.Engine)].Validators.Add(given =>
    {
        if (given.GetValueOrDefault<EngineKind>() == EngineKind.Torch && Engines.TorchProblem is { } problem)
        {
            given.AddError(problem);
        }
    });

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public TrainingOptionSet AddTo(Command verb)
    {
        config.AddTo(verb);
        training.AddTo(verb);
        terms.AddTo(verb);
        return this;
    }

    /// <summary>The plan that suits the data, with what the command line sets.</summary>
    /// <param name="data">What will be trained on.</param>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="ArgumentOutOfRangeException">The values do not go together.</exception>
    public TrainingPlan For(SequenceDataset data, ParseResult parsed)
    {
        var (suited, options) = TrainingOptions.For(data);
        options = training.Apply(options, parsed).Validated();
        var added = terms.From(parsed);
        return new TrainingPlan(
            config.Apply(suited, parsed).Validated(),
            options with { Engine = Engines.Resolve(options.Engine) },
            added.Prior,
            added.NoNeighbours ? NeighbourStrengths.None : null);
    }
}
