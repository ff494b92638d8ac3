using SasRec.Core.Explore;
using SasRec.Core.Options;

namespace SasRec.Serving.Slates;

/// <summary>How recommendations are made.</summary>
[Section("Serve")]
sealed record ServeOptions
{
    /// <summary>How often an instance checks which model is current.</summary>
    [Range("00:00:00.1", "00:05:00")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the first requests of an instance wait for its model to be loaded.</summary>
    [FormerName("StartPatience"), Range("00:00:00", "00:01:00")]
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a response waits until its impression is stored; after that it says that the slate is not logged.</summary>
    [FormerName("ImpressionPatience"), Range("00:00:00.1", "00:01:00")]
    public TimeSpan ImpressionTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a response waits for the user's history; after that it is made of what this instance knew of it, and says that it is degraded.</summary>
    [Range("00:00:00.01", "00:01:00")]
    public TimeSpan HistoryTimeout { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The folder in which an instance keeps its model and catalogue, from which the next one starts where storage is out of reach; empty for none.</summary>
    public string ModelCache { get; init; } = "";

    /// <summary>How many of a user's newest interactions are read: the history of the model, and the items that count as seen.</summary>
    [Range(1, 1000)]
    public int HistoryLength { get; init; } = 500;

    /// <summary>How long requests for a user share what one of them read of the history: an event is seen that much later at most.</summary>
    [Range("00:00:00", "00:00:10")]
    public TimeSpan HistoryShared { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The default of k, the number of items to recommend.</summary>
    [FormerName("Slots"), Range(1, nameof(MaxK))]
    public int K { get; init; } = 10;

    /// <summary>The maximum of k.</summary>
    [FormerName("MaxSlots"), Range(1, 1000)]
    public int MaxK { get; init; } = 100;

    /// <summary>The default exploration: the share of the greedy list's value that may be spent. Each model translates it into its policy.</summary>
    [Range(0, 1)]
    public double Exploration { get; init; } = ExplorationCurve.DefaultExploration;

    /// <summary>The default temperature of the Plackett-Luce draw, in place of an exploration; 0 is greedy.</summary>
    [Temperature]
    public double? Temperature { get; init; }

    /// <summary>The default of epsilon, the share of each slot that is drawn uniformly over all eligible items.</summary>
    [Range(0, 1)]
    public double Epsilon { get; init; } = new ExplorationPolicy().Epsilon;

    /// <summary>The default of newItemShare, the share of each slot that is drawn uniformly over eligible items that the model does not know.</summary>
    [Range(0, 1)]
    public double NewItemShare { get; init; } = 0.02;

    /// <summary>The shares of the recommenders where a placement has none of its own.</summary>
    [FormerName("Sources")]
    public RecommenderShares Recommenders { get; init; } = new();

    /// <summary>The default of excludeSeen: whether items of the user's history are left out.</summary>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>How much items lose that are like those that the user turned down, in standard deviations of the model's scores; 0 for nothing.</summary>
    [Range(0, 10)]
    public double DislikeStrength { get; init; } = 3;

    /// <summary>The maximum number of ids in each list of a request.</summary>
    [Range(1, 100_000)]
    public int MaxListLength { get; init; } = 10_000;

    /// <summary>The maximum size of a request body, in bytes.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;
}

/// <summary>A temperature that a draw can use.</summary>
sealed class TemperatureAttribute : OptionRuleAttribute
{
    public override bool Allows(object value, object options) => value is double temperature && ExplorationPolicy.IsTemperature(temperature);

    public override string Text(object? options) => ExplorationPolicy.TemperatureRange;
}
