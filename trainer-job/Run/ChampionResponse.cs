using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Run;

/// <summary>The champion's response model as a model of the rewards: it was fitted before the champion served, so on none of its slates.</summary>
static class ChampionResponse
{
    /// <summary>Downloads and opens it; null where the champion has none.</summary>
    /// <param name="registry">Where models are stored.</param>
    /// <param name="champion">The champion's manifest.</param>
    /// <param name="folder">The folder for its files.</param>
    /// <param name="items">The items that slates are asked about.</param>
    /// <param name="cancellation">Stops the download.</param>
    public static async Task<ExpectedReward?> OpenAsync(
        ModelRegistry registry, ModelManifest champion, string folder, ItemVocabulary items, CancellationToken cancellation)
    {
        if (!champion.Files.ContainsKey(Names.ModelBlobs.Response))
        {
            return null;
        }

        var files = new ModelFolder(Path.Combine(folder, champion.Version));
        await registry.DownloadAsync(champion.Version, files.Path, [Names.ModelBlobs.Response, Names.ModelBlobs.Items], cancellation);
        return Of(files.ReadResponse()!, (await files.ReadItemsAsync(cancellation)).Items, items);
    }

    /// <summary>What a response model expects of an item in a slot of the network's slates.</summary>
    /// <param name="response">The response model.</param>
    /// <param name="own">The items of its network.</param>
    /// <param name="items">The items that slates are asked about.</param>
    internal static ExpectedReward Of(ServedResponse response, ItemVocabulary own, ItemVocabulary items)
    {
        int[] places = [.. items.Ids.Select(id => own.TryGetIndex(id, out var place) ? place : own.Count)];
        var terms = response.Terms();
        return (slate, rank, item, score) =>
        {
            var place = item < places.Length ? places[item] : own.Count;
            double? network = float.IsFinite(score) ? score - (place < own.Count ? terms?[place] ?? 0 : 0) : null;
            return response.Probability(Recommenders.Sasrec, rank, network, place, UserSegment.Of(slate.HistoryCount)) ?? 0;
        };
    }
}
