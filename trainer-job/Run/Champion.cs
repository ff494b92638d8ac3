using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Run;

/// <summary>The model that serves, as a scorer over the items of newer data.</summary>
sealed class Champion : ISequenceScorer, IDisposable
{
    readonly ModelScorer model;
    readonly RemappedScorer scorer;

    Champion(ModelScorer model, ItemCatalogue own, ItemVocabulary items) =>
        (this.model, scorer) = (model, new RemappedScorer(model, own, items));

    /// <inheritdoc/>
    public int ItemCount => scorer.ItemCount;

    /// <summary>Downloads and opens it.</summary>
    /// <param name="registry">Where models are stored.</param>
    /// <param name="champion">Its manifest.</param>
    /// <param name="folder">The folder for its files.</param>
    /// <param name="items">The items to score.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="cancellation">Stops the download.</param>
    public static async Task<Champion> OpenAsync(
        ModelRegistry registry, ModelManifest champion, string folder, ItemVocabulary items, int threads, CancellationToken cancellation)
    {
        var files = new ModelFolder(Path.Combine(folder, champion.Version));
        string[] names = [Names.ModelBlobs.Weights, Names.ModelBlobs.Catalogue, Names.ModelBlobs.Neighbours];
        await registry.DownloadAsync(champion.Version, files.Path, [.. names.Where(champion.Files.ContainsKey)], cancellation);
        var own = await files.ReadCatalogueAsync(cancellation);
        return new Champion(new ModelScorer(files.ReadWeights(), threads, files.ReadNeighbours()), own, items);
    }

    /// <inheritdoc/>
    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores) => scorer.Score(histories, scores);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();
}
