using System.Globalization;
using System.Text.Json;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage.Telemetry;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Fit;

/// <summary>A network and how it is trained.</summary>
/// <param name="Config">The network.</param>
/// <param name="Options">How it is trained.</param>
/// <param name="PriorStrength">The weight of the popularity prior, see <see cref="ItemPrior"/>; null until it is chosen on validation.</param>
/// <param name="Neighbours">The weights of the counts of item pairs, see <see cref="ItemNeighbours"/>; null until they are chosen on
/// validation.</param>
/// <param name="NeighbourShare">How much of these weights is served, where the popularity prior stands beside them: 0 to 1.</param>
sealed record TrainingPlan(
    SasRecConfig Config, TrainingOptions Options, double? PriorStrength = null, NeighbourStrengths? Neighbours = null,
    double NeighbourShare = 1)
{
    /// <summary>The counts of item pairs with the plan's weights, for the next action; null where they add nothing.</summary>
    /// <param name="trainedOn">The data on which the network was trained.</param>
    /// <param name="cancellation">Stops the counting.</param>
    public ItemNeighbours? NeighboursOf(SequenceDataset trainedOn, CancellationToken cancellation)
    {
        if (Neighbours is not { Any: true } strengths)
        {
            return null;
        }

        using var span = Instruments.Source.StartActivity(ModelEvaluation.CountingPairs);
        return NeighbourCounter.Count(trainedOn, strengths, cancellation: cancellation);
    }

    /// <summary>The counts of item pairs as they are served, beside the popularity prior; null where they add nothing.</summary>
    /// <param name="trainedOn">The data on which the network was trained.</param>
    /// <param name="cancellation">Stops the counting.</param>
    public ItemNeighbours? ServedNeighboursOf(SequenceDataset trainedOn, CancellationToken cancellation) =>
        NeighbourShare > 0 ? Served(NeighboursOf(trainedOn, cancellation)) : null;

    /// <summary>What is left of such counts where they are served.</summary>
    /// <param name="neighbours">Counts with the plan's whole weights; null for none.</param>
    public ItemNeighbours? Served(ItemNeighbours? neighbours) =>
        NeighbourShare > 0 ? neighbours?.With(neighbours.Strengths.Times(NeighbourShare)) : null;

    internal const string PriorKey = "priorStrength", ShareKey = "neighbourShare";
    const string TransitionKey = "transitionStrength", CoOccurrenceKey = "coOccurrenceStrength";

    /// <summary>What may differ between a model and one that continues it: how long, with which seed and on which machine.</summary>
    static readonly HashSet<string> Free =
    [
        .. new[] { nameof(Options.Engine), nameof(Options.Epochs), nameof(Options.Seed), nameof(Options.Threads) }.Select(Key), PriorKey, ShareKey, TransitionKey,
        CoOccurrenceKey,
    ];

    /// <summary>Names under which manifests of earlier releases hold an option.</summary>
    static readonly Dictionary<string, string> FormerNames = new() { [Key(nameof(Options.EmaDecay))] = "averaging" };

    /// <summary>Every option and its value, for the manifest.</summary>
    /// <param name="epochs">For how many epochs the model was trained.</param>
    public Dictionary<string, string> Describe(int epochs)
    {
        var options = Options with { Epochs = epochs };
        var described = typeof(TrainingOptions).GetProperties().ToDictionary(
            option => Key(option.Name), option => Text(option.GetValue(options)!));
        described[PriorKey] = Text(PriorStrength ?? 0);
        described[ShareKey] = Text(NeighbourShare);
        described[TransitionKey] = Text(Neighbours?.Transitions ?? 0);
        described[CoOccurrenceKey] = Text(Neighbours?.CoOccurrences ?? 0);
        return described;
    }

    /// <summary>The first option whose value is not that of a manifest, or which the manifest does not hold; null if there is none.</summary>
    /// <param name="trained">What a manifest says of its training.</param>
    public string? FirstChange(IReadOnlyDictionary<string, string> trained)
    {
        ArgumentNullException.ThrowIfNull(trained);
        return Describe(Options.Epochs)
            .Where(option => !Free.Contains(option.Key) && ValueOf(trained, option.Key) != option.Value)
            .Select(option => option.Key)
            .FirstOrDefault();
    }

    static string? ValueOf(IReadOnlyDictionary<string, string> trained, string key) =>
        trained.GetValueOrDefault(key) ?? (FormerNames.TryGetValue(key, out var former) ? trained.GetValueOrDefault(former) : null);

    static string Key(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    static string Text(object value) => value is Enum kind && kind is EngineKind
        ? kind.ToString().ToLowerInvariant()
        : string.Create(CultureInfo.InvariantCulture, $"{value}");
}
