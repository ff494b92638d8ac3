using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Core.Rules;
using SasRec.Serving.Inference;
using SasRec.Serving.Items;
using SasRec.Serving.Slates;

namespace SasRec.Trainer.Recommend;

/// <summary>Makes the slates of a batch as the functions app makes those of a preview that asks for no exploration. Safe for any number of threads.</summary>
/// <param name="model">The model.</param>
/// <param name="items">Its items beside the catalogue.</param>
/// <param name="asked">What is asked for every user.</param>
/// <param name="rules">The rules of the placement.</param>
/// <param name="recommender">Who recommends to users whose history the model knows.</param>
/// <param name="dislikeStrength"><see cref="ServeOptions.DislikeStrength"/>.</param>
/// <param name="now">The time at which items must be available.</param>
sealed class BatchRecommender(
    LoadedModel model, ItemIndex items, RecommendationRequest asked, SlateRules rules, string recommender, double dislikeStrength, DateTimeOffset now)
{
    /// <summary>Recommends to one user.</summary>
    /// <param name="userId">Whom.</param>
    /// <param name="taste">What they wanted and turned down.</param>
    public BatchSlate Recommend(string userId, UserTaste taste)
    {
        using var candidates = new Candidates(model, items, new KnownRequest(asked with { UserId = userId }, taste, rules, [], null, ArmSetting.None), now, dislikeStrength);
        var answering = candidates.HasHistory ? recommender : Recommenders.Popularity;
        var scores = candidates.Score(answering);
        var slate = candidates.Draw(scores, candidates.Constraints(scores), ExplorationPolicy.Greedy, seed: 0);
        var (ranks, pinned) = candidates.Pinned.Arrange(slate.Items.Count);
        var drawn = slate.Items.Select((slot, place) =>
            new BatchItem(items.IdOf(slot.Item), ranks[place], float.IsFinite(slot.Score) ? slot.Score : null, Forced: false));
        var forced = pinned.Select(pin => new BatchItem(items.IdOf(pin.Place), pin.Rank, Score: null, Forced: true));
        return new BatchSlate(userId, answering, [.. drawn.Concat(forced).OrderBy(item => item.Rank)]);
    }
}
