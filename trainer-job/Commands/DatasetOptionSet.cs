using System.CommandLine;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Commands;

/// <summary>The options that set what of the interactions is left out.</summary>
sealed class DatasetOptionSet
{
    static readonly DatasetOptions Defaults = new();

    readonly Option<int> minItemCount = new("--min-item-count")
    {
        Description = "Leave out items with fewer interactions.",
        DefaultValueFactory = _ => Defaults.MinItemCount,
    };

    readonly Option<int> minUserCount = new("--min-user-count")
    {
        Description = "Leave out users with fewer interactions.",
        DefaultValueFactory = _ => Defaults.MinUserCount,
    };

    public DatasetOptionSet AddTo(Command verb)
    {
        verb.Add(minItemCount);
        verb.Add(minUserCount);
        return this;
    }

    public DatasetOptions From(ParseResult parsed) =>
        new DatasetOptions { MinItemCount = parsed.GetValue(minItemCount), MinUserCount = parsed.GetValue(minUserCount) }.Validated();
}
