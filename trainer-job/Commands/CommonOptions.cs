using System.CommandLine;
using SasRec.Core.Contracts;

namespace SasRec.Trainer.Commands;

/// <summary>Options that every verb has.</summary>
static class CommonOptions
{
    public static Option<bool> Json { get; } = new(TrainerArguments.Json)
    {
        Description = "Write the result to stdout as one last line of JSON.",
        Recursive = true,
    };

    public static Option<bool> Verbose { get; } = new("--verbose")
    {
        Description = "Show where an error came from.",
        Recursive = true,
    };
}
