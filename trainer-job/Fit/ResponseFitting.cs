using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Model;
using SasRec.Core.Response;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Fit;

/// <summary>The response model of a network that is about to be exported.</summary>
/// <param name="Served">What is served with it; null where too little is known.</param>
/// <param name="Summary">What became of it.</param>
sealed record ResponseFitting(ServedResponse? Served, ResponseSummary Summary)
{
    // The network is the first of the recommenders.
    const int Network = 0;

    /// <summary>Fits a response model and chooses how much of it the network's scores take.</summary>
    /// <param name="logged">What was served of late.</param>
    /// <param name="items">V of the network.</param>
    /// <param name="scale">Where the network's scores lie in the slates that it will serve; asked only where there is a response model.</param>
    public static ResponseFitting Of(ServedSlots logged, int items, Func<ScoreScale> scale)
    {
        var choice = ResponseChoice.Of(logged.Slates, items, Network);
        var slots = logged.Slates.SelectMany(slate => slate.Slots).ToArray();
        var summary = new ResponseSummary(
            choice.Strength, choice.Model is not null, choice.Reason, logged.Slates.Count, slots.Length, slots.Count(slot => slot.Taken));
        if (choice.Model is not { } model)
        {
            return new ResponseFitting(null, summary);
        }

        var own = scale();
        var recommenders = Recommenders.Known.Select((name, i) => (name, i == Network ? own : logged.Scales[i])).ToArray();
        return new ResponseFitting(
            ServedResponse.Of(model, choice.Strength, Recommenders.Known[Network], recommenders, UserSegment.All), summary);
    }

    /// <summary>The network whose scores take the response model in: its items' bias is the prior's and the response's.</summary>
    /// <param name="weights">The network, with its popularity prior.</param>
    /// <param name="before">The response model that its bias holds already; null for none.</param>
    public SasRecWeights AddedTo(SasRecWeights weights, ServedResponse? before = null)
    {
        var (now, was) = (Served?.Terms(), before?.Terms());
        if (now is null && was is null)
        {
            return weights;
        }

        var bias = new float[weights.ItemCount];
        for (var item = 0; item < bias.Length; item++)
        {
            bias[item] = (weights.ItemBias?[item] ?? 0) - (was?[item] ?? 0) + (now?[item] ?? 0);
        }

        return weights.WithItemBias(bias);
    }
}
