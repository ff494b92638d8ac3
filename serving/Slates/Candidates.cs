using System.Numerics.Tensors;
using SasRec.Core.Contracts;
using SasRec.Core.Explore;
using SasRec.Serving.Inference;
using SasRec.Serving.Items;

namespace SasRec.Serving.Slates;

/// <summary>The items that one request may be answered with, and their scores by one model. Dispose it before the model's lease.</summary>
/// <remarks>Unknown ids, those that neither the model nor the catalogue knows, are counted and skipped.</remarks>
sealed class Candidates : IDisposable
{
    readonly LoadedModel model;
    readonly ScoreBuffers buffers;
    readonly KnownRequest known;
    readonly double dislikeStrength;
    readonly int length;

    /// <summary>Filters the items and encodes the history.</summary>
    /// <param name="model">The model, leased.</param>
    /// <param name="items">The model's items beside the catalogue.</param>
    /// <param name="known">The request with the user's taste and the rules.</param>
    /// <param name="now">The time at which items must be available.</param>
    /// <param name="dislikeStrength"><see cref="ServeOptions.DislikeStrength"/>.</param>
    public Candidates(LoadedModel model, ItemIndex items, KnownRequest known, DateTimeOffset now, double dislikeStrength)
    {
        (this.model, Items, this.known, this.dislikeStrength) = (model, items, known, dislikeStrength);
        Eligible = items.EligibleAt(now);
        Filter(known.Request);
        Pinned = new PinnedItems(known.Rules.Pins, this, known.Request.K);
        buffers = model.Rent(items);
        length = Encode(known.Request.SimilarTo is { } item ? [item] : known.Taste.Actions);
    }

    /// <summary>The model's items beside the catalogue.</summary>
    public ItemIndex Items { get; }

    /// <summary>The items that the filters leave: items of the model, and behind them new ones.</summary>
    public ItemSet Eligible { get; }

    /// <summary>The pinned items, which are not in <see cref="Eligible"/>: they are not drawn.</summary>
    public PinnedItems Pinned { get; }

    /// <summary>How many ids of the history and the lists are unknown.</summary>
    public int UnknownItems { get; private set; }

    /// <summary>[t]: the newest items of the history, or the one of <see cref="RecommendationRequest.SimilarTo"/>, that the model knows, at most T, oldest first, each as item index + 1.</summary>
    public ReadOnlySpan<long> History => buffers.Tokens.AsSpan(0, length);

    /// <summary>Whether there is anything to score by: a history, or the item of <see cref="RecommendationRequest.SimilarTo"/>, a new one too.</summary>
    public bool HasHistory => model.HasNetwork && (length > 0 || NewSimilarTo is not null);

    /// <summary>Scores every item of the model, and new ones that its content map knows.</summary>
    /// <param name="recommender">One of <see cref="Core.Contracts.Recommenders.All"/>; without <see cref="History"/>, popularity.</param>
    /// <returns>The scores: valid until the next call or the disposal.</returns>
    public ItemScores Score(string recommender)
    {
        var scores = recommender == Recommenders.Similar && NewSimilarTo is { } place
            ? model.Scorer.ScoreSimilar(place, buffers, Items)
            : model.Scorer.Score(recommender, buffers, length, Items);
        if (known.Taste.Disliked.Count == 0 && known.Rules.Boosts.Count == 0)
        {
            return new ItemScores(scores, scores);
        }

        float[] total = [.. scores];
        ScoreTerms.Add(model, Items, known.Rules.Boosts, known.Taste.Disliked, dislikeStrength, total);
        return new ItemScores(total, scores);
    }

    /// <summary>What the rules demand of the slate as a whole; null for nothing.</summary>
    /// <param name="scores">The recommender's scores: diversity is in their standard deviations.</param>
    public SlateConstraints? Constraints(ItemScores scores)
    {
        var rules = known.Rules;
        if (!rules.DependOnSlate)
        {
            return null;
        }

        var caps = new Dictionary<string, CategoryCap?>(StringComparer.Ordinal);
        foreach (var cap in rules.Caps.Where(cap => cap.Most > 0))
        {
            caps[cap.Category] = new CategoryCap(Items.InAnyOf([cap.Category]), cap.Most);
        }

        return new SlateConstraints
        {
            CapsOf = place => [.. (Items.Catalogue.Find(Items.IdOf(place))?.Categories ?? []).Select(CapOf).OfType<CategoryCap>()],
            Diversity = rules.Diversity is { } diversity ? diversity * TensorPrimitives.StdDev<float>(scores.Model.AsSpan(0, Items.KnownCount)) : 0,
            Likeness = (place, likeness) => Likeness.Of(model, Items, Items.IdOf(place), likeness),
        };

        CategoryCap? CapOf(string category) => caps.TryGetValue(category, out var cap) ? cap
            : caps[category] = rules.MaxPerCategory is { } most ? new CategoryCap(Items.InAnyOf([category]), most) : null;
    }

    /// <summary>Draws a slate for the slots that pinned items leave, by what the rules demand of it.</summary>
    /// <param name="scores">What <see cref="Score"/> gave.</param>
    /// <param name="constraints">What <see cref="Constraints"/> gave for them.</param>
    /// <param name="policy">How it is drawn.</param>
    /// <param name="seed">The seed of the draw; a greedy draw uses none.</param>
    public Slate Draw(ItemScores scores, SlateConstraints? constraints, ExplorationPolicy policy, ulong seed)
    {
        var slots = known.Request.K - Pinned.Count;
        return constraints is null
            ? PlackettLuceSlate.Draw(scores.Total, Eligible, slots, policy, seed, model.ItemCount)
            : ConstrainedSlate.Draw(scores.Total.AsSpan(0, model.ItemCount), Eligible, slots, policy, constraints, seed);
    }

    public void Dispose() => model.Return(buffers);

    /// <summary>The place of the item of <see cref="RecommendationRequest.SimilarTo"/> where it is new and has an embedding; else null.</summary>
    int? NewSimilarTo =>
        known.Request.SimilarTo is { } item && Items.TryGetPlace(item, out var place) && Items.IsNew(place) && Items.IsEmbedded(place) ? place : null;

    /// <summary>Applies the lists of a request and the conditions of the rules: allow first, then deny, exclude, earlier pages, the history and what the user turned down.</summary>
    void Filter(RecommendationRequest request)
    {
        if (request.Allow is not null)
        {
            var allowed = ItemSet.None(Items.Count);
            ForEach(request.Allow, allowed.Add);
            Eligible.IntersectWith(allowed);
        }

        if (request.AllowCategories is not null)
        {
            Eligible.IntersectWith(Items.InAnyOf(request.AllowCategories));
        }

        if (request.DenyCategories.Count > 0)
        {
            Eligible.ExceptWith(Items.InAnyOf(request.DenyCategories));
        }

        if (known.Rules.Where.Count > 0)
        {
            Eligible.IntersectWith(Items.Where(known.Rules.Where));
        }

        foreach (var cap in known.Rules.Caps.Where(cap => cap.Most == 0))
        {
            Eligible.ExceptWith(Items.InAnyOf([cap.Category]));
        }

        ForEach(request.Deny, Eligible.Remove);
        ForEach(request.Exclude, Eligible.Remove);
        ForEach(known.Shown, Eligible.Remove);
        if (request.OnlySeen)
        {
            var seen = ItemSet.None(Items.Count);
            ForEach(known.Taste.Actions, seen.Add);
            Eligible.IntersectWith(seen);
        }
        else
        {
            ForEach(known.Taste.Actions, request.ExcludeSeen ? Eligible.Remove : _ => { });
        }

        ForEach(known.Taste.Disliked, Eligible.Remove);
        if (request.SimilarTo is { } item)
        {
            ForEach([item], Eligible.Remove);
        }

        if (request.Rail == Recommenders.Together)
        {
            Eligible.IntersectWith(TogetherWith(request.SimilarTo!));
        }
    }

    /// <summary>What has any counts with an item: of the others the counts say nothing.</summary>
    ItemSet TogetherWith(string item)
    {
        var together = ItemSet.None(Items.Count);
        if (Items.TryGetKnown(item, out var place))
        {
            foreach (var other in model.Scorer.TogetherWith(place))
            {
                together.Add(other);
            }
        }

        return together;
    }

    int Encode(IReadOnlyList<string> history)
    {
        var tokens = buffers.Tokens.AsSpan();
        var start = tokens.Length;
        for (var i = history.Count - 1; i >= 0 && start > 0; i--)
        {
            if (Items.TryGetKnown(history[i], out var item))
            {
                tokens[--start] = ModelFormat.Token(item);
            }
        }

        tokens[start..].CopyTo(tokens);
        return tokens.Length - start;
    }

    void ForEach(IReadOnlyList<string> ids, Action<int> apply)
    {
        foreach (var id in ids)
        {
            if (Items.TryGetPlace(id, out var place))
            {
                apply(place);
            }
            else
            {
                UnknownItems++;
            }
        }
    }
}

/// <summary>The scores of one model's items for one request.</summary>
/// <param name="Total">[V], or [V + N] with new items: what slates are drawn by.</param>
/// <param name="Model">As many: what the recommender alone says.</param>
readonly record struct ItemScores(float[] Total, float[] Model);
