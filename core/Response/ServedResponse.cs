using System.Text.Json;
using System.Text.Json.Serialization;

namespace SasRec.Core.Response;

/// <summary>A response model as it is stored beside a network and served with it: response.json.</summary>
/// <param name="FormatVersion">The format of the file, see <see cref="KnownFormat"/>.</param>
/// <param name="Network">The recommender to whose scores <see cref="Terms"/> are added: the network's name.</param>
/// <param name="Strength">How much of the items' terms is added to the scores, 0 to 1.</param>
/// <param name="Ranks">[ranks]: the logit of each rank; lower ranks share that of the last.</param>
/// <param name="Recommenders">By recommender.</param>
/// <param name="Segments">The logit of each segment of users, by name.</param>
/// <param name="Items">[V]: the logit of each item.</param>
public sealed partial record ServedResponse(
    int FormatVersion,
    string Network,
    double Strength,
    double[] Ranks,
    [property: JsonPropertyName("sources")] IReadOnlyDictionary<string, RecommenderResponse> Recommenders,
    IReadOnlyDictionary<string, double> Segments,
    double[] Items)
{
    /// <summary>The newest format that is known, and the one that is written.</summary>
    public const int KnownFormat = 1;

    /// <summary>A chosen response model for a network that has not served yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="strength">0 to 1.</param>
    /// <param name="network">The network's name among the recommenders.</param>
    /// <param name="recommenders">The names of the model's recommenders by index, and the scale of what each serves from now on.</param>
    /// <param name="segments">The names of its segments by index.</param>
    public static ServedResponse Of(
        ResponseModel model,
        double strength,
        string network,
        IReadOnlyList<(string Name, ScoreScale Scale)> recommenders,
        IReadOnlyList<string> segments)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(recommenders);
        ArgumentNullException.ThrowIfNull(segments);
        var (ranks, known, told) = model.Sizes;
        return new ServedResponse(
            KnownFormat,
            network,
            strength,
            [.. Enumerable.Range(1, ranks).Select(model.Rank)],
            recommenders.Take(known).Select((recommender, i) => (recommender.Name, Terms: new RecommenderResponse(
                model.Intercept(i), model.Slope(i), model.Scoreless(i), recommender.Scale.Mean, recommender.Scale.Deviation)))
                .ToDictionary(recommender => recommender.Name, recommender => recommender.Terms),
            segments.Take(told).Select((name, i) => (name, i)).ToDictionary(segment => segment.name, segment => model.Segment(segment.i)),
            model.Items.ToArray());
    }

    /// <summary>What is added to the network's scores, in their own units, so that items rank by their response.</summary>
    /// <returns>[V]; null where nothing is added: a strength of 0, or scores that say nothing of the response.</returns>
    public float[]? Terms() => Strength > 0 && Recommenders.TryGetValue(Network, out var recommender) && recommender.Slope > 0
        ? Array.ConvertAll(Items, item => (float)(Strength * item / recommender.Slope * recommender.ScoreDeviation))
        : null;

    /// <summary>P(taken | served): the probability that the user acts on the item.</summary>
    /// <param name="recommender">The recommender that chose the slate.</param>
    /// <param name="rank">1 for the first slot.</param>
    /// <param name="score">The recommender's score without <see cref="Terms"/>; null where it has none.</param>
    /// <param name="item">The item's index; V or more for one that the model does not know.</param>
    /// <param name="segment">The user's segment.</param>
    /// <returns>Above 0, below 1; null for a recommender of which no slate was seen.</returns>
    public double? Probability(string recommender, int rank, double? score, int item, string segment)
    {
        if (!Recommenders.TryGetValue(recommender, out var terms))
        {
            return null;
        }

        var logit = Ranks[Math.Clamp(rank, 1, Ranks.Length) - 1]
            + terms.Intercept
            + (score is { } value ? terms.Slope * (value - terms.ScoreMean) / terms.ScoreDeviation : terms.Scoreless)
            + Segments.GetValueOrDefault(segment)
            + ((uint)item < (uint)Items.Length ? Items[item] : 0);
        return ResponseModel.Logistic(logit);
    }

    /// <summary>Writes it as UTF-8 JSON.</summary>
    public void Write(Stream stream) => JsonSerializer.Serialize(stream, this, ResponseJson.Default.ServedResponse);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="stream">The file.</param>
    /// <exception cref="InvalidDataException">It is no response model, or one of a newer format; the message says what is wrong.</exception>
    public static ServedResponse Read(Stream stream)
    {
        try
        {
            var read = JsonSerializer.Deserialize(stream, ResponseJson.Default.ServedResponse);
            return read?.Fault() is null ? read! : throw new InvalidDataException($"The response model cannot be used: {read.Fault()}.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The response model cannot be read: {e.Message}", e);
        }
    }

    string? Fault() =>
        FormatVersion > KnownFormat ? $"its format is {FormatVersion}, known are 1 to {KnownFormat}"
        : Network is null || Ranks is null || Recommenders is null || Segments is null || Items is null ? "a field is missing"
        : Ranks.Length == 0 ? "it has no ranks"
        : !(Strength is >= 0 and <= 1) ? $"its strength is {Strength}, it must be 0 to 1"
        : Recommenders.Values.Any(recommender => !(recommender.ScoreDeviation > 0)) ? "a deviation of scores is not above 0"
        : null;

    [JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
    [JsonSerializable(typeof(ServedResponse))]
    sealed partial class ResponseJson : JsonSerializerContext;
}

/// <summary>What a recommender and its scores say of the response.</summary>
/// <param name="Intercept">Its logit.</param>
/// <param name="Slope">The logit of one deviation of its scores.</param>
/// <param name="Scoreless">The logit of an item without a score.</param>
/// <param name="ScoreMean">The mean of the scores that it serves.</param>
/// <param name="ScoreDeviation">Their standard deviation, above 0.</param>
public sealed record RecommenderResponse(double Intercept, double Slope, double Scoreless, double ScoreMean, double ScoreDeviation);
