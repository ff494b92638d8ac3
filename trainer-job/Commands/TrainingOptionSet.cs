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

    readonly Option<double?> prior = new("--prior")
    {
        Description = "The weight of the popularity prior, the log counts of the last 30 days that are added to the scores, 0 to 10; "
            + "the default is chosen on validation.",
        Validators =
        {
            given =>
            {
                if (given.GetValueOrDefault<double?>() is not (null or (>= 0 and <= 10)))
                {
                    given.AddError($"--prior must be 0 to 10. Found: {given.GetValueOrDefault<double?>()}.");
                }
            },
        },
    };

    /// <summary>The options; Torch is refused where it cannot be used.</summary>
    public TrainingOptionSet() => training[nameof(TrainingOptions.Engine)].Validators.Add(given =>
    {
        if (given.GetValueOrDefault<EngineKind>() == EngineKind.Torch && Engines.TorchProblem is { } problem)
        {
            given.AddError(problem);
        }
    });

    readonly Option<bool> noNeighbours = new("--no-neighbours")
    {
        Description = "Add no counts of item pairs to the network's scores; how much they add is chosen on validation where not given.",
    };

    /// <summary>Adds the options to a verb.</summary>
    /// <param name="verb">The verb.</param>
    public TrainingOptionSet AddTo(Command verb)
    {
        config.AddTo(verb);
        training.AddTo(verb);
        verb.Add(prior);
        verb.Add(noNeighbours);
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
        return new TrainingPlan(
            config.Apply(suited, parsed).Validated(),
            options with { Engine = Engines.Resolve(options.Engine) },
            parsed.GetValue(prior),
            parsed.GetValue(noNeighbours) ? NeighbourStrengths.None : null);
    }
}
