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

    readonly Option<bool> seenItems = new("--seen-items")
    {
        Description = "Learn and ask for actions on items that the user acted on before too, for placements that serve seen items.",
    };

    public DatasetOptionSet AddTo(Command verb)
    {
        verb.Add(minItemCount);
        verb.Add(minUserCount);
        verb.Add(seenItems);
        return this;
    }

    public DatasetOptions From(ParseResult parsed) => new DatasetOptions
    {
        MinItemCount = parsed.GetValue(minItemCount),
        MinUserCount = parsed.GetValue(minUserCount),
        AsksForSeenItems = parsed.GetValue(seenItems),
    }.Validated();
}
