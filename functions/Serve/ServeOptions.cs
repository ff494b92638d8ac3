using SasRec.Core;
using SasRec.Core.Explore;

namespace SasRec.Functions.Serve;

/// <summary>How recommendations are made where a request does not say: section <c>Serve</c> of the settings.</summary>
public sealed record ServeOptions
{
    /// <summary>How often the pointer to the current model is asked whether it moved, 0.1 s to 5 min.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long the first request of an instance waits for the model to load, 0 to 60 s.</summary>
    public TimeSpan StartPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer waits for its impression to be in safe keeping before it says that it is not, 0.1 s to 60 s.</summary>
    public TimeSpan ImpressionPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How many of a user's newest interactions are read: what the model sees and what counts as seen, 1 to 1,000.</summary>
    public int HistoryLength { get; init; } = 500;

    /// <summary>The slots of a slate, 1 to <see cref="MaxSlots"/>.</summary>
    public int Slots { get; init; } = 10;

    /// <summary>The most slots that a request may ask for, 1 to 1,000.</summary>
    public int MaxSlots { get; init; } = 100;

    /// <summary>The share of the greedy list's value that may be spent on exploring, 0 to 1; each model translates it into its policy.</summary>
    public double Exploration { get; init; } = ExplorationCurve.DefaultExploration;

    /// <summary>In place of <see cref="Exploration"/>: the one temperature of every slot, 0 (greedy) or 1e-6 to 1e6; null for none.</summary>
    public double? Temperature { get; init; }

    /// <summary>The share of each slot drawn uniformly over all that is eligible, 0 to 1; greedy slates have none.</summary>
    public double Epsilon { get; init; } = new ExplorationPolicy().Epsilon;

    /// <summary>The share of each slot drawn uniformly over the eligible items of the catalogue that the model does not know, 0 to 1.</summary>
    public double NewItemShare { get; init; } = 0.02;

    /// <summary>Which share of users and days each way of recommending gets where a placement does not say.</summary>
    public SourceShares Sources { get; init; } = new();

    /// <summary>Whether items that a user has interacted with are left out.</summary>
    public bool ExcludeSeen { get; init; } = true;

    /// <summary>The most ids in each list of a request, 1 to 100,000.</summary>
    public int MaxListLength { get; init; } = 10_000;

    /// <summary>The largest body of a request in bytes, 1,024 to 64 MiB.</summary>
    public int MaxBodyBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range; the message names it, the value and the range.</exception>
    public ServeOptions Validated()
    {
        OptionRange.Require("Serve__PollInterval", PollInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(5));
        OptionRange.Require("Serve__StartPatience", StartPatience, TimeSpan.Zero, TimeSpan.FromSeconds(60));
        OptionRange.Require("Serve__ImpressionPatience", ImpressionPatience, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(60));
        OptionRange.Require("Serve__HistoryLength", HistoryLength, 1, 1000);
        OptionRange.Require("Serve__MaxSlots", MaxSlots, 1, 1000);
        OptionRange.Require("Serve__Slots", Slots, 1, MaxSlots);
        OptionRange.Require("Serve__Exploration", Exploration, 0.0, 1.0);
        if (Temperature is { } temperature and not 0)
        {
            OptionRange.Require("Serve__Temperature", temperature, ExplorationPolicy.LeastTemperature, ExplorationPolicy.MostTemperature);
        }

        OptionRange.Require("Serve__Epsilon", Epsilon, 0.0, 1.0);
        OptionRange.Require("Serve__NewItemShare", NewItemShare, 0.0, 1.0);
        Sources.Validated("Serve__Sources");
        OptionRange.Require("Serve__MaxListLength", MaxListLength, 1, 100_000);
        OptionRange.Require("Serve__MaxBodyBytes", MaxBodyBytes, 1024, 64 * 1024 * 1024);
        return this;
    }
}
