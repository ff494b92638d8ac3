using System.Globalization;
using SasRec.Core;
using SasRec.Core.Explore;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>How one placement explores and who recommends there: section <c>Placements</c> of the settings, by its name.</summary>
public sealed record PlacementOptions
{
    /// <summary>The exploration where a request does not say; null for Serve__Exploration, brought into the bounds.</summary>
    public double? Exploration { get; init; }

    /// <summary>The lowest exploration that a request may ask for, 0 to 1.</summary>
    public double MinExploration { get; init; }

    /// <summary>The highest, from the lowest to 1.</summary>
    public double MaxExploration { get; init; } = 1;

    /// <summary>In place of an exploration: the temperature where a request does not say; null for Serve__Temperature, brought into the
    /// bounds, unless this placement says an exploration.</summary>
    public double? Temperature { get; init; }

    /// <summary>The lowest temperature that a request may ask for: 0, or 1e-6 to 1e6.</summary>
    public double MinTemperature { get; init; }

    /// <summary>The highest, from the lowest to 1e6.</summary>
    public double MaxTemperature { get; init; } = ExplorationPolicy.MostTemperature;

    /// <summary>The epsilon where a request does not say; null for Serve__Epsilon, brought into the bounds.</summary>
    public double? Epsilon { get; init; }

    /// <summary>The lowest epsilon that a request may ask for, 0 to 1.</summary>
    public double MinEpsilon { get; init; }

    /// <summary>The highest, from the lowest to 1.</summary>
    public double MaxEpsilon { get; init; } = 1;

    /// <summary>The only source here; null for shares.</summary>
    public string? Source { get; init; }

    /// <summary>The shares of sources here; null for Serve__Sources.</summary>
    public SourceShares? Sources { get; init; }

    /// <summary>Returns these options if every value is in range.</summary>
    /// <param name="setting">What stands before their names.</param>
    /// <exception cref="ArgumentException">A value is out of range; the message names it, the value and the range.</exception>
    public PlacementOptions Validated(string setting)
    {
        OptionRange.Require($"{setting}__MinExploration", MinExploration, 0.0, 1.0);
        OptionRange.Require($"{setting}__MaxExploration", MaxExploration, MinExploration, 1.0);
        OptionRange.Require($"{setting}__Exploration", Exploration ?? MinExploration, MinExploration, MaxExploration);
        OptionRange.Require($"{setting}__MinTemperature", MinTemperature, 0, ExplorationPolicy.MostTemperature);
        OptionRange.Require($"{setting}__MaxTemperature", MaxTemperature, MinTemperature, ExplorationPolicy.MostTemperature);
        OptionRange.Require($"{setting}__Temperature", Temperature ?? MinTemperature, MinTemperature, MaxTemperature);
        OptionRange.Require($"{setting}__MinEpsilon", MinEpsilon, 0.0, 1.0);
        OptionRange.Require($"{setting}__MaxEpsilon", MaxEpsilon, MinEpsilon, 1.0);
        OptionRange.Require($"{setting}__Epsilon", Epsilon ?? MinEpsilon, MinEpsilon, MaxEpsilon);
        Sources?.Validated($"{setting}__Sources");
        if (Source is not null && !Serve.Sources.All.Contains(Source))
        {
            throw new ArgumentOutOfRangeException(
                $"{setting}__Source", Source, $"{setting}__Source must be one of {string.Join(", ", Serve.Sources.All)}.");
        }

        return this;
    }
}

/// <summary>A placement with everything filled in.</summary>
sealed class Placement(ServeOptions serve, PlacementOptions options)
{
    /// <summary>Who recommends here.</summary>
    public SourceShares Shares { get; } = options.Source is { } only ? SourceShares.Only(only) : options.Sources ?? serve.Sources;

    /// <summary>The policy of a request, which has been checked: by its temperature, or by the exploration at the model's prices.</summary>
    /// <param name="request">The request.</param>
    /// <param name="curve">What exploring costs the model.</param>
    public ExplorationPolicy Policy(RecommendationRequest request, ExplorationCurve curve)
    {
        var epsilon = request.Epsilon ?? options.Epsilon ?? Math.Clamp(serve.Epsilon, options.MinEpsilon, options.MaxEpsilon);
        var policy = Temperature(request) is { } temperature
            ? new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon }
            : curve.Policy(
                request.Exploration ?? options.Exploration ?? Math.Clamp(serve.Exploration, options.MinExploration, options.MaxExploration), epsilon);

        // The bounds hold whoever chose the temperature: at most 0 is greedy.
        return policy with { Temperature = Math.Min(policy.Temperature, options.MaxTemperature), NewItemShare = request.NewItemShare };
    }

    double? Temperature(RecommendationRequest request) =>
        request.Temperature is not null || request.Exploration is not null ? request.Temperature
        : options.Temperature is not null || options.Exploration is not null ? options.Temperature
        : serve.Temperature is { } temperature ? Math.Clamp(temperature, options.MinTemperature, options.MaxTemperature)
        : null;

    /// <summary>Reports what a request asks for and may not have here.</summary>
    public void Check(RecommendationRequest request, RequestErrors errors)
    {
        var where = $" at placement '{request.Placement}'";
        Within("exploration", request.Exploration, options.MinExploration, options.MaxExploration);
        if (request is { Exploration: not null, Temperature: not null })
        {
            errors.Add("exploration", "given", "absent where a temperature is given");
        }

        Within("temperature", request.Temperature, options.MinTemperature, options.MaxTemperature);
        Within("epsilon", request.Epsilon, options.MinEpsilon, options.MaxEpsilon);
        if (request.Source is not null && Shares.Of(request.Source) == 0)
        {
            errors.Add("source", request.Source, $"one of {string.Join(", ", Shares.Names)}{where}");
        }

        void Within(string field, double? value, double least, double most)
        {
            if (value < least || value > most)
            {
                errors.Add(field, value.Value.ToString("R", CultureInfo.InvariantCulture), string.Create(
                    CultureInfo.InvariantCulture, $"{least} to {most}{where}"));
            }
        }
    }
}

/// <summary>Every placement: those that are configured, and one for all others.</summary>
sealed class Placements(ServeOptions serve, IReadOnlyDictionary<string, PlacementOptions> configured)
{
    // Names of settings do not tell upper from lower case.
    readonly Dictionary<string, Placement> named = configured.ToDictionary(
        placement => placement.Key, placement => new Placement(serve, placement.Value), StringComparer.OrdinalIgnoreCase);

    readonly Placement other = new(serve, new PlacementOptions());

    public Placement For(string name) => named.GetValueOrDefault(name, other);
}
