using System.Text.Json;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Response;

namespace SasRec.Storage.Models;

/// <summary>What a published model is, what it was trained on and how it was judged: <c>{version}/manifest.json</c>.</summary>
public sealed record ModelManifest
{
    /// <summary>The newest format of a model that is known, and the one that is published.</summary>
    public const int KnownFormat = 1;

    /// <summary>The format of the manifest and of the files beside it; 0 in a manifest that does not say.
    /// Whoever writes the files says which.</summary>
    public int FormatVersion { get; init; }

    /// <summary>The version of the trainer that made it; null in a manifest that does not say.</summary>
    public string? ProducerVersion { get; init; }

    /// <summary>UTC time and content, "20260115T120000Z-0123abcd"; given by <see cref="ModelRegistry.PublishAsync"/> where empty.</summary>
    public string Version { get; init; } = "";

    /// <summary>When it was published, in UTC; given by <see cref="ModelRegistry.PublishAsync"/> where default.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The network's shape.</summary>
    public required SasRecConfig Config { get; init; }

    /// <summary>What it was trained on.</summary>
    public required DataRange Data { get; init; }

    /// <summary>How it was evaluated, in words: "leave-one-out, full ranking".</summary>
    public required string Protocol { get; init; }

    /// <summary>Its metrics by name: "ndcg@10", "hr@10", ...</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>The same metrics of each baseline, by the baseline's name: "popularity", "popularity-7d", ...</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Baselines { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, double>>();

    /// <summary>What its drawn slates are worth beside the greedy ones: what translates the exploration asked for into its policy. Null in a
    /// manifest older than that.</summary>
    public ExplorationCurve? Exploration { get; init; }

    /// <summary>What became of its response model; null in a manifest older than that, and where no log was read.</summary>
    public ResponseSummary? Response { get; init; }

    /// <summary>Whether it may go live, and why; null where no gate was asked.</summary>
    public GateVerdict? Verdict { get; init; }

    /// <summary>The model that served when this one was judged; null for the first.</summary>
    public string? ParentVersion { get; init; }

    /// <summary>The model that none of this one's successors may fall behind; null where that is this model itself.</summary>
    public string? AnchorVersion { get; init; }

    /// <summary>The version whose network this is, where only what stands beside it is new; null where the network is its own.</summary>
    public string? NetworkVersion { get; init; }

    /// <summary>What the item pairs, the popularity and its prior were counted on, where that is newer than <see cref="Data"/>, which the network
    /// was trained on; null where it is the same.</summary>
    public DataRange? Counted { get; init; }

    /// <summary>The trace of the run that made it, as a W3C <c>traceparent</c>; null where nothing was traced.</summary>
    public string? TraceParent { get; init; }

    /// <summary>How it was trained, setting by setting: engine, seed, epochs, learning rate, ...</summary>
    public IReadOnlyDictionary<string, string> Training { get; init; } = new Dictionary<string, string>();

    /// <summary>What its training began with; null where no run trained it.</summary>
    public ModelLineage? Lineage { get; init; }

    /// <summary>Every file of the version; given by <see cref="ModelRegistry.PublishAsync"/>.</summary>
    public IReadOnlyDictionary<string, ModelFile> Files { get; init; } = new Dictionary<string, ModelFile>();

    /// <summary>A manifest as it is stored.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <exception cref="NewerFormatException">It has a format that is not known yet.</exception>
    /// <exception cref="JsonException">It is no manifest.</exception>
    public static ModelManifest Read(ReadOnlySpan<byte> json)
    {
        StoredFormat.Check("The model's manifest", json, KnownFormat);
        return JsonSerializer.Deserialize(json, ModelJson.Indented.ModelManifest) ?? throw new JsonException("The manifest is null.");
    }
}

/// <summary>The data behind a model.</summary>
/// <param name="From">The oldest interaction; null where there is none.</param>
/// <param name="To">The newest interaction; null where there is none.</param>
/// <param name="Events">How many interactions.</param>
/// <param name="Users">How many users.</param>
/// <param name="Items">V: how many items.</param>
public sealed record DataRange(DateTimeOffset? From, DateTimeOffset? To, long Events, int Users, int Items);

/// <summary>What a model's training began with.</summary>
/// <param name="WarmFrom">The version from whose weights it continued; null for a cold start.</param>
/// <param name="WarmStarts">How many trainings in a row continued from the one before: 0 for a cold start.</param>
/// <param name="Reason">Why it began so, one sentence.</param>
/// <param name="ReadUpTo">The log up to here was in its data.</param>
/// <param name="BeganAt">The log up to here was in the data of the training that began from nothing; <paramref name="ReadUpTo"/> of the first of the
/// chain. Null in a manifest that does not say.</param>
public sealed record ModelLineage(string? WarmFrom, int WarmStarts, string Reason, DateTimeOffset ReadUpTo, DateTimeOffset? BeganAt = null);

/// <summary>Whether a model may go live.</summary>
/// <param name="Passed">Whether the evidence allows it.</param>
/// <param name="Reasons">Why, one sentence each.</param>
/// <param name="Figures">The figures behind the reasons, by name.</param>
/// <param name="OverriddenBy">Who let it go live all the same; null if it was not overridden. Filled in when a manifest is read.</param>
/// <param name="Override">When and why that was; null if it was not overridden. Filled in when a manifest is read.</param>
public sealed record GateVerdict(
    bool Passed,
    IReadOnlyList<string> Reasons,
    IReadOnlyDictionary<string, double> Figures,
    string? OverriddenBy = null,
    GateOverride? Override = null)
{
    /// <summary>What got worse though fresher data may hide it, one sentence; null for nothing.</summary>
    public string? Regression { get; init; }
}

/// <summary>A person's decision against a verdict: <c>{version}/override.json</c>, the newest where there were several.</summary>
/// <param name="By">Who.</param>
/// <param name="At">When, in UTC.</param>
/// <param name="Reason">Why.</param>
public sealed record GateOverride(string By, DateTimeOffset At, string Reason);

/// <summary>One file of a model.</summary>
/// <param name="Sha256">The SHA-256 of its content, 64 lower-case hexadecimal digits.</param>
/// <param name="Bytes">Its length.</param>
public sealed record ModelFile(string Sha256, long Bytes);
