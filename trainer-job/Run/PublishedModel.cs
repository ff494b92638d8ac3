using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Run;

/// <summary>A published model as a scorer over the items of newer data.</summary>
sealed class PublishedModel : ISequenceScorer, IDisposable
{
    readonly ModelScorer model;
    readonly RemappedScorer scorer;

    PublishedModel(SasRecWeights weights, ItemNeighbours? neighbours, ModelItems own, ExplorationPolicy policy, ItemVocabulary items, int threads)
    {
        (Own, Policy) = (own, policy);
        model = new ModelScorer(weights, threads, neighbours);
        scorer = new RemappedScorer(model, own, items);
    }

    /// <inheritdoc/>
    public int ItemCount => scorer.ItemCount;

    /// <summary>Its own items.</summary>
    public ModelItems Own { get; }

    /// <summary>How it serves where nobody asks for another exploration.</summary>
    public ExplorationPolicy Policy { get; }

    /// <summary>Downloads and opens it as it serves, with all that is added to its scores.</summary>
    /// <param name="registry">Where models are stored.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="folder">The folder for its files.</param>
    /// <param name="items">The items to score.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="cancellation">Stops the download.</param>
    public static async Task<PublishedModel> OpenAsync(
        ModelRegistry registry, ModelManifest manifest, string folder, ItemVocabulary items, int threads, CancellationToken cancellation)
    {
        var files = await DownloadAsync(registry, manifest, folder, Names.ModelBlobs.Weights, cancellation);
        var policy = (manifest.Exploration ?? ExplorationCurve.Unknown).Policy(ExplorationCurve.DefaultExploration);
        return new PublishedModel(files.ReadWeights(), files.ReadNeighbours(), await files.ReadItemsAsync(cancellation), policy, items, threads);
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
        return new PublishedModel(weights, null, await files.ReadItemsAsync(cancellation), ExplorationPolicy.Greedy, items, threads);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores) => scorer.Score(histories, scores);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    static async Task<ModelFolder> DownloadAsync(
        ModelRegistry registry, ModelManifest manifest, string folder, string weights, CancellationToken cancellation)
    {
        var files = new ModelFolder(Path.Combine(folder, manifest.Version));
        string[] names = [weights, Names.ModelBlobs.Items, Names.ModelBlobs.Neighbours];
        await registry.DownloadAsync(manifest.Version, files.Path, [.. names.Where(manifest.Files.ContainsKey)], cancellation);
        return files;
    }
}
