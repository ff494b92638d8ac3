using SasRec.Core.Evaluate.Ranking;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Evaluate;

/// <summary>Asks the model that serves about what it cannot have been trained on.</summary>
/// <param name="registry">Where models are.</param>
/// <param name="folder">Where its files are brought.</param>
/// <param name="ranking">How models are measured.</param>
sealed class ChampionTrial(ModelRegistry registry, string folder, RankingOptions ranking)
{
    /// <summary>The cases whose answers came after the newest interaction that the champion was trained on.</summary>
    public static EvaluationCases Fresh(EvaluationCases cases, ModelManifest champion)
    {
        var newest = champion.Data.To?.ToUnixTimeMilliseconds() ?? long.MinValue;
        return cases.Where(i => cases.TargetTime(i) > newest);
    }

    /// <summary>Measures the champion.</summary>
    /// <param name="champion">Its manifest.</param>
    /// <param name="cases">What it is asked.</param>
    /// <param name="items">The items of the cases.</param>
    /// <param name="threads">0 for one a core.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    public async Task<RankingReport> MeasureAsync(
        ModelManifest champion, EvaluationCases cases, ItemVocabulary items, int threads, CancellationToken cancellation)
    {
        using var scorer = await OpenAsync(champion, items, threads, cancellation);
        return RankingEvaluator.Evaluate(scorer, cases, ranking, null, cancellation);
    }

    /// <summary>The champion over other items than its own, those of the data.</summary>
    public async Task<ChampionScorer> OpenAsync(ModelManifest champion, ItemVocabulary items, int threads, CancellationToken cancellation)
    {
        var files = new ModelFolder(Path.Combine(folder, champion.Version));
        string[] names = [Names.ModelBlobs.Weights, Names.ModelBlobs.Catalogue, Names.ModelBlobs.Neighbours];
        await registry.DownloadAsync(champion.Version, files.Path, [.. names.Where(champion.Files.ContainsKey)], cancellation);
        var catalogue = await files.ReadCatalogueAsync(cancellation);
        return new ChampionScorer(new ModelScorer(files.ReadWeights(), threads, files.ReadNeighbours()), catalogue, items);
    }
}

/// <summary>A published model over the items of newer data.</summary>
sealed class ChampionScorer(ModelScorer model, ItemCatalogue own, ItemVocabulary items) : ISequenceScorer, IDisposable
{
    readonly RemappedScorer scorer = new(model, own, items);

    public int ItemCount => scorer.ItemCount;

    public void Score(IReadOnlyList<ReadOnlyMemory<int>> histories, Memory<float> scores) => scorer.Score(histories, scores);

    public void Dispose() => model.Dispose();
}
