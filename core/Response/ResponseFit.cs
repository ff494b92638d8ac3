namespace SasRec.Core.Response;

/// <summary>Fits a <see cref="ResponseModel"/> by Newton's method; items are eliminated one by one, so that the cost grows with the slots.</summary>
/// <remarks>
/// The Hessian is dense in the few common terms and diagonal in the items (each slot has one item). With the common block A, an item's
/// column h and its diagonal d, the Schur complement A - Σ h hᵀ / d gives the common step, and each item's follows from it.
/// </remarks>
public static class ResponseFit
{
    /// <summary>Fits all slots, whatever they are worth; the same slots in the same order give the same model.</summary>
    /// <param name="slots">What was served.</param>
    /// <param name="items">V.</param>
    /// <param name="options">Priors and steps; null takes the defaults.</param>
    /// <exception cref="ArgumentException">A slot's index or rank is out of range, or its score is not finite.</exception>
    public static ResponseModel Of(IReadOnlyList<ServedSlot> slots, int items, ResponseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(slots);
        options = (options ?? new ResponseOptions()).Validated();
        Check(slots, items);
        var terms = TermsOf(slots, options);
        var rows = new ServedSlot[slots.Count];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = slots[i];
        }

        // One item after another; within an item the order given.
        rows = [.. rows.OrderBy(slot => slot.Item)];
        var (dense, own) = (new double[terms.Count], new double[items]);
        var loss = Loss(rows, terms, dense, own, options);
        for (var step = 0; step < options.Steps; step++)
        {
            var (denseStep, itemSteps) = new NewtonStep(terms, rows, dense, own, options).Solve();
            var (before, share) = (loss, 1.0);
            for (var halving = 0; ; halving++, share /= 2)
            {
                var (tried, triedItems) = (Moved(dense, denseStep, share), Moved(own, itemSteps, share));
                loss = Loss(rows, terms, tried, triedItems, options);
                if (loss <= before || halving == 20)
                {
                    (dense, own) = (tried, triedItems);
                    break;
                }
            }

            if (before - loss < 1e-9 * Math.Max(1, before))
            {
                break;
            }
        }

        return new ResponseModel(terms, dense, own);
    }

    static double[] Moved(double[] from, double[] step, double share)
    {
        var to = new double[from.Length];
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = from[i] + (share * step[i]);
        }

        return to;
    }

    /// <summary>The negative log posterior: what Newton's method makes smaller at every step.</summary>
    static double Loss(ServedSlot[] rows, ResponseTerms terms, double[] dense, double[] own, ResponseOptions options)
    {
        Span<(int, double)> row = stackalloc (int, double)[ResponseTerms.PerSlot];
        var loss = (dense.Sum(term => term * term) * options.TermPrecision / 2) + (own.Sum(term => term * term) * options.ItemPrecision / 2);
        foreach (ref readonly var slot in rows.AsSpan())
        {
            var logit = terms.Logit(dense, slot, row) + own[slot.Item];
            loss += Math.Max(logit, 0) - (slot.Taken ? logit : 0) + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        }

        return loss;
    }

    static ResponseTerms TermsOf(IReadOnlyList<ServedSlot> slots, ResponseOptions options)
    {
        var (ranks, recommenders, segments) = (1, 1, 1);
        foreach (var slot in slots)
        {
            ranks = Math.Max(ranks, Math.Min(slot.Rank, options.MaxRank));
            recommenders = Math.Max(recommenders, slot.Recommender + 1);
            segments = Math.Max(segments, slot.Segment + 1);
        }

        return new ResponseTerms(ranks, recommenders, segments);
    }

    static void Check(IReadOnlyList<ServedSlot> slots, int items)
    {
        for (var i = 0; i < slots.Count; i++)
        {
            var slot = slots[i];
            if ((uint)slot.Item >= (uint)items || slot.Rank < 1 || slot.Segment < 0 || slot.Recommender < 0 || slot.Score is { } score && !double.IsFinite(score))
            {
                throw new ArgumentException(
                    $"Slot {i} is {slot}: the item must be 0 to {items - 1}, the rank at least 1, segment and recommender at least 0, the score finite.",
                    nameof(slots));
            }
        }
    }
}
