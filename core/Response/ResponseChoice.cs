using System.Globalization;

namespace SasRec.Core.Response;

/// <summary>One slate of the response model's data.</summary>
/// <param name="User">What tells its user from others: users are held out as a whole.</param>
/// <param name="Slots">Its slots, first rank first.</param>
public sealed record ResponseSlate(ulong User, IReadOnlyList<ServedSlot> Slots);

/// <summary>A response model and how much of it is added to the scores.</summary>
/// <remarks>
/// Item terms that are fitted where nobody explored mistake what the model liked for what users like, so without exploration, or with little
/// evidence, there is no model. Else a quarter of the users is held out, and each strength puts their slates in order anew. What users took
/// is then worth as much more or less as its new rank is looked at more or less (the position-based estimator, Li et al. 2018). The best
/// strength is taken if it is better than none by more than a standard error over users.
/// </remarks>
/// <param name="Model">Fitted on all slates; null where it is switched off.</param>
/// <param name="Strength">0 to 1.</param>
/// <param name="Reason">Why, one sentence.</param>
public sealed record ResponseChoice(ResponseModel? Model, double Strength, string Reason)
{
    const ulong HeldOut = 4;

    static readonly double[] Strengths = [0, 0.25, 0.5, 1];

    /// <summary>Fits and chooses.</summary>
    /// <param name="slates">What was served.</param>
    /// <param name="items">V.</param>
    /// <param name="recommender">The recommender whose scores the terms are for.</param>
    /// <param name="options">Priors and the bar for evidence; null takes the defaults.</param>
    public static ResponseChoice Of(IReadOnlyList<ResponseSlate> slates, int items, int recommender = 0, ResponseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(slates);
        options = (options ?? new ResponseOptions()).Validated();
        ServedSlot[] all = [.. slates.SelectMany(slate => slate.Slots)];
        var (taken, explored) = (all.Count(slot => slot.Taken), all.Count(slot => slot.Explored));
        if (all.Length < options.MinSlots || taken < options.MinTaken)
        {
            return Off($"{all.Length:N0} slots were served and {taken:N0} taken; {options.MinSlots:N0} and {options.MinTaken:N0} are needed");
        }

        if (explored < options.MinExplored * all.Length)
        {
            return Off($"chance put {explored:N0} of {all.Length:N0} slots there; {options.MinExplored:P0} are needed");
        }

        var fitted = ResponseFit.Of([.. slates.Where(slate => slate.User % HeldOut != 0).SelectMany(slate => slate.Slots)], items, options);
        ResponseSlate[] held = [.. slates.Where(slate => slate.User % HeldOut == 0)];
        var (strength, gain, error) = Choose(fitted, held, recommender);
        var model = ResponseFit.Of(all, items, options);
        return new ResponseChoice(model, strength, string.Create(
            CultureInfo.InvariantCulture,
            $"The response model has strength {strength}: on {held.Length:N0} slates held out {gain:+0.0000;-0.0000} interactions a slate, standard error {error:0.0000}."));
    }

    static ResponseChoice Off(FormattableString why) =>
        new(null, 0, $"The response model is switched off: {why.ToString(CultureInfo.InvariantCulture)}.");

    static (double Strength, double Gain, double Error) Choose(ResponseModel model, ResponseSlate[] held, int recommender)
    {
        var best = (Strength: 0.0, Gain: 0.0, Error: 0.0);
        foreach (var strength in Strengths.Where(strength => strength > 0))
        {
            if (model.ScoreTerms(recommender, strength) is not { } terms)
            {
                continue;
            }

            var (users, total) = (new Dictionary<ulong, (double Sum, int Count)>(), 0.0);
            foreach (var slate in held)
            {
                var gain = Value(model, slate, terms) - Value(model, slate, null);
                var (sum, count) = users.GetValueOrDefault(slate.User);
                users[slate.User] = (sum + gain, count + 1);
                total += gain;
            }

            var mean = total / Math.Max(1, held.Length);
            var error = Math.Sqrt(users.Values.Sum(user => Math.Pow(user.Sum - (mean * user.Count), 2))) / Math.Max(1, held.Length);
            best = mean > error && mean > best.Gain ? (strength, mean, error) : best;
        }

        return best;
    }

    /// <summary>What was taken of a slate, had it stood in the order of its scores with the terms.</summary>
    static double Value(ResponseModel model, ResponseSlate slate, float[]? terms)
    {
        var order = slate.Slots.OrderByDescending(slot => (slot.Score ?? double.NegativeInfinity) + (terms?[slot.Item] ?? 0)).ThenBy(slot => slot.Rank).ToArray();
        var value = 0.0;
        for (var place = 0; place < order.Length; place++)
        {
            value += order[place].Taken ? model.Examination(place + 1) / model.Examination(order[place].Rank) : 0;
        }

        return value;
    }
}
