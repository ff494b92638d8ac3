using SasRec.Core.Contracts;
using SasRec.Core.Options;

namespace SasRec.Trainer.Recommend;

/// <summary>What a batch recommends.</summary>
sealed record BatchOptions
{
    /// <summary>How many items for each user.</summary>
    [Range(1, 1_000), CommandLine("--k", "How many items are recommended to each user")]
    public int K { get; init; } = 10;

    /// <summary>The placement whose rules hold.</summary>
    [CommandLine("--placement", "The placement whose rules hold")]
    public string Placement { get; init; } = "default";

    /// <summary>Who recommends to users whose history the model knows; the others get what is popular.</summary>
    [OneOf(Recommenders.Sasrec, Recommenders.Popularity, Recommenders.Similar), CommandLine(
        "--recommender", "Who recommends to users whose history the model knows; the others get what is popular")]
    public string Recommender { get; init; } = Recommenders.Sasrec;

    /// <summary>Whether items of the history may be recommended.</summary>
    [CommandLine("--include-seen", "Recommend items of the user's history too")]
    public bool IncludeSeen { get; init; }

    /// <summary>Whether nothing else may.</summary>
    [CommandLine("--only-seen", "Recommend items of the user's history alone: buy again, watch on")]
    public bool OnlySeen { get; init; }

    /// <summary>How many users are recommended to at once.</summary>
    [Range(0, 256), CommandLine("--threads", "How many users are recommended to at once; 0 for one a core")]
    public int Threads { get; init; }
}
