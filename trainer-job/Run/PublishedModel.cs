using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Serving.Inference;
using SasRec.Storage.Models;
using SasRec.Storage;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Run;

/// <summary>A published model as a scorer over the items of newer data.</summary>
sealed class PublishedModel : ISequenceScorer, IDisposable
{
    readonly ISequenceScorer model;
    readonly RemappedScorer scorer;

    PublishedModel(ISequenceScorer model, ModelItems own, ExplorationPolicy policy, ItemVocabulary items)
    {
        (this.model, Own, Policy) = (model, own, policy);
        scorer = new RemappedScorer(model, own, items);
    }

    /// <inheritdoc/>
    public int ItemCount => scorer.ItemCount;

    /// <summary>Its own items.</summary>
    public ModelItems Own { get; }

    /// <summary>How it serves where nobody asks for another exploration.</summary>
    public ExplorationPolicy Policy { get; }

    /// <summary>Downloads and opens it as it serves, with all that is added to its scores; by its network in ONNX where something else trained it.</summary>
    /// <param name="registry">Where models are stored.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="folder">The folder for its files.</param>
    /// <param name="items">The items to score.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="asOf">What may have been counted for it since it was trained, over <paramref name="items"/>: whoever asks what users did later
    /// may not ask counts that hold the answers. Null opens it as it serves.</param>
    /// <param name="cancellation">Stops the download.</param>
    public static async Task<PublishedModel> OpenAsync(
        ModelRegistry registry, ModelManifest manifest, string folder, ItemVocabulary items, int threads, SequenceDataset? asOf,
        CancellationToken cancellation)
    {
        var trained = manifest.Files.ContainsKey(Names.ModelBlobs.Weights);
        var files = await DownloadAsync(registry, manifest, folder, trained ? Names.ModelBlobs.Weights : Names.ModelBlobs.Network, cancellation);
        var (own, policy) = (await files.ReadItemsAsync(cancellation), (manifest.Exploration ?? ExplorationCurve.Unknown).Policy(ExplorationCurve.DefaultExploration));
        var anew = trained && manifest.Counted is not null && asOf is not null
            ? CountedAnew.Of(manifest, files, own.Items, items, asOf, cancellation)
            : null;
        ISequenceScorer model = anew is not null
            ? new ModelScorer(WithResponse(anew.Weights, files.ReadResponse()), threads, anew.Neighbours)
            : trained ? new ModelScorer(files.ReadWeights(), threads, files.ReadNeighbours())
            : new OnnxScorer(new OnnxNetwork(files.Files[Names.ModelBlobs.Network], own.Items.Count), own.Items.Count, manifest.Config.MaxLength);
        return new PublishedModel(model, own, policy, items);
    }

    /// <summary>Downloads and opens its strict network, without anything that is added to its scores.</summary>
    /// <param name="registry">Where models are stored.</param>
    /// <param name="manifest">Its manifest, which names strict weights.</param>
    /// <param name="folder">The folder for its files.</param>
    /// <param name="items">The items to score.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="cancellation">Stops the download.</param>
    public static async Task<PublishedModel> OpenStrictAsync(
        ModelRegistry registry, ModelManifest manifest, string folder, ItemVocabulary items, int threads, CancellationToken cancellation)
    {
        var files = await DownloadAsync(registry, manifest, folder, Names.ModelBlobs.StrictWeights, cancellation);
        var weights = files.ReadWeights(Names.ModelBlobs.StrictWeights).WithItemBias(null);
        return new PublishedModel(new ModelScorer(weights, threads), await files.ReadItemsAsync(cancellation), ExplorationPolicy.Greedy, items);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores) => scorer.Score(histories, scores);

    /// <inheritdoc/>
    public void Dispose() => (model as IDisposable)?.Dispose();

    static SasRecWeights WithResponse(SasRecWeights weights, ServedResponse? response) => response?.Terms() is { } terms
        ? weights.WithItemBias([.. terms.Select((term, item) => term + (weights.ItemBias?[item] ?? 0))])
        : weights;

    static async Task<ModelFolder> DownloadAsync(
        ModelRegistry registry, ModelManifest manifest, string folder, string weights, CancellationToken cancellation)
    {
        var files = new ModelFolder(Path.Combine(folder, manifest.Version));
        string[] names = [weights, Names.ModelBlobs.Items, Names.ModelBlobs.Neighbours, Names.ModelBlobs.Response];
        await registry.DownloadAsync(manifest.Version, files.Path, [.. names.Where(manifest.Files.ContainsKey)], cancellation);
        return files;
    }
}
