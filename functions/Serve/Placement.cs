using System.Globalization;
using SasRec.Core.Explore;
using SasRec.Core.Options;
using SasRec.Functions.Http;

namespace SasRec.Functions.Serve;

/// <summary>How one placement explores and which recommenders it uses.</summary>
[Section("Placements", Named = true)]
sealed record PlacementOptions
{
    /// <summary>The default exploration; without it <c>Serve__Exploration</c>, clamped to the minimum and the maximum.</summary>
    [Range(nameof(MinExploration), nameof(MaxExploration))]
    public double? Exploration { get; init; }

    /// <summary>The minimum exploration that a request may ask for.</summary>
    [Range(0, 1)]
    public double MinExploration { get; init; }

    /// <summary>The maximum exploration that a request may ask for.</summary>
    [Range(nameof(MinExploration), 1)]
    public double MaxExploration { get; init; } = 1;

    /// <summary>The default temperature, in place of an exploration; without either, <c>Serve__Temperature</c>, clamped to the minimum and the maximum.</summary>
    [Temperature, Range(nameof(MinTemperature), nameof(MaxTemperature))]
    public double? Temperature { get; init; }

    /// <summary>The minimum temperature that a request may ask for.</summary>
    [Temperature]
    public double MinTemperature { get; init; }

    /// <summary>The maximum temperature that a request may ask for.</summary>
    [Temperature, Range(nameof(MinTemperature), ExplorationPolicy.MaxTemperature)]
    public double MaxTemperature { get; init; } = ExplorationPolicy.MaxTemperature;

    /// <summary>The default epsilon; without it <c>Serve__Epsilon</c>, clamped to the minimum and the maximum.</summary>
    [Range(nameof(MinEpsilon), nameof(MaxEpsilon))]
    public double? Epsilon { get; init; }

    /// <summary>The minimum epsilon that a request may ask for.</summary>
    [Range(0, 1)]
    public double MinEpsilon { get; init; }

    /// <summary>The maximum epsilon that a request may ask for.</summary>
    [Range(nameof(MinEpsilon), 1)]
    public double MaxEpsilon { get; init; } = 1;

    /// <summary>The only recommender of this placement; without it the shares decide.</summary>
    [FormerName("Source"), OneOf(Core.Contracts.Recommenders.Sasrec, Core.Contracts.Recommenders.Popularity, Core.Contracts.Recommenders.Similar)]
    public string? Recommender { get; init; }

    /// <summary>The shares of the recommenders; without them those of <c>Serve__Recommenders</c>.</summary>
    [FormerName("Sources")]
    public RecommenderShares? Recommenders { get; init; }
}

/// <summary>A placement with everything filled in.</summary>
sealed class Placement(ServeOptions serve, PlacementOptions options)
{
    /// <summary>Who recommends here.</summary>
    public RecommenderShares Shares { get; } = options.Recommender is { } only ? RecommenderShares.Only(only) : options.Recommenders ?? serve.Recommenders;

    /// <summary>Who recommends here to a user, and with what probability each recommender is the one: over users, days and arms.</summary>
    /// <param name="arms">What the experiments make of the request.</param>
    public SharesOfUser SharesOf(ArmSetting arms)
    {
        var own = arms.Recommender is { } only ? RecommenderShares.Only(only) : Shares;
        if (arms.RecommenderExperiment is not { } experiment)
        {
            return new SharesOfUser(own, own);
        }

        var other = arms.OtherRecommender is { } shipped ? RecommenderShares.Only(shipped) : Shares;
        var parts = experiment.Arms.Select(arm => (Shares: arm.Recommender is { } named ? RecommenderShares.Only(named) : other, Of: arm.Share))
            .Append((Shares: other, Of: 1 - experiment.Arms.Sum(arm => arm.Share))).ToArray();
        return new SharesOfUser(own, new RecommenderShares
        {
            Popularity = parts.Sum(part => part.Of * part.Shares.Popularity),
            Similar = parts.Sum(part => part.Of * part.Shares.Similar),
        });
    }

    /// <summary>A request with the policy that the experiments set, within the bounds of the placement.</summary>
    /// <param name="arms">What the experiments make of it; nothing that it says itself.</param>
    /// <param name="request">The request.</param>
    public RecommendationRequest With(ArmSetting arms, RecommendationRequest request) => request with
    {
        Exploration = Within(arms.Exploration, options.MinExploration, options.MaxExploration) ?? request.Exploration,
        Temperature = Within(arms.Temperature, options.MinTemperature, options.MaxTemperature) ?? request.Temperature,
        Epsilon = Within(arms.Epsilon, options.MinEpsilon, options.MaxEpsilon) ?? request.Epsilon,
    };

    static double? Within(double? value, double least, double most) => value is { } some ? Math.Clamp(some, least, most) : null;

    /// <summary>The policy of a valid request: its temperature, or its exploration at the model's prices.</summary>
    /// <param name="request">The request.</param>
    /// <param name="curve">What exploration costs with the model.</param>
    public ExplorationPolicy Policy(RecommendationRequest request, ExplorationCurve curve)
    {
        var epsilon = request.Epsilon ?? options.Epsilon ?? Math.Clamp(serve.Epsilon, options.MinEpsilon, options.MaxEpsilon);
        var policy = Temperature(request) is { } temperature
            ? new ExplorationPolicy { Temperature = temperature, Epsilon = epsilon }
            : curve.Policy(
                request.Exploration ?? options.Exploration ?? Math.Clamp(serve.Exploration, options.MinExploration, options.MaxExploration), epsilon);

        // The bounds hold whoever chose the temperature: a maximum of 0 is greedy.
        return policy with { Temperature = Math.Min(policy.Temperature, options.MaxTemperature), NewItemShare = request.NewItemShare };
    }

    // The request decides before the placement, and the placement before the default.
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
        if (request.Recommender is not null && Shares.Of(request.Recommender) == 0)
        {
            errors.Add("source", request.Recommender, $"one of {string.Join(", ", Shares.Names)}{where}");
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

    public bool IsConfigured(string name) => named.ContainsKey(name);

    public Placement For(string name) => named.GetValueOrDefault(name, other);
}
