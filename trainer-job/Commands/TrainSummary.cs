using SasRec.Core.Evaluate.Gate;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>What training on a file came to. All metrics are full ranking, leave-one-out, on the same test.</summary>
/// <param name="Ndcg10">Strict: chosen on validation, never trained on the last two actions.</param>
/// <param name="Hr10">Strict.</param>
/// <param name="ServedNdcg10">Of the slates that the default exploration serves, drawn by the strict model, its prior included.</param>
/// <param name="ServedHr10">The same of HR@10.</param>
/// <param name="RefitNdcg10">The strict weights after they went on with all but the last action; null with --no-refit.</param>
/// <param name="RefitHr10">Refit.</param>
/// <param name="PopularityNdcg10">The baseline of all time.</param>
/// <param name="PopularityHr10">The baseline of all time.</param>
/// <param name="RecentPopularityNdcg10">The baseline of the last 7 days; null without times.</param>
/// <param name="NeighboursNdcg10">The baseline of item pairs, which needs no training.</param>
/// <param name="TimeSplitNdcg10">Time split: trained before a moment, asked what users did later; null without --time-split.</param>
/// <param name="TimeSplitBaselines">NDCG@10 of each baseline on the same cases, from what was known before that moment.</param>
/// <param name="TimeSplitDifference">The model less the best of these baselines.</param>
/// <param name="PriorStrength">How much the demand of the last 30 days counts beside the network; 0 without times.</param>
/// <param name="TransitionStrength">How much the counts of what followed soon after add to the network's scores.</param>
/// <param name="CoOccurrenceStrength">How much the counts of what stands in the same histories add.</param>
/// <param name="NeighbourShare">How much of both is left where the model serves, with the prior beside them.</param>
/// <param name="ContentFeatures">How many features of the catalogue place new items; 0 without --items, or where they tell nothing.</param>
/// <param name="ContentEvidence">How many actions weigh as much as what the catalogue says of an item; 0 where any action does.</param>
/// <param name="Protocol">How it was measured.</param>
/// <param name="RepeatShare">The share of interactions with an item that stands earlier in the same history.</param>
/// <param name="SeenItems">Whether such repeats were learned and asked for.</param>
/// <param name="Seconds">From the file to the exported model.</param>
/// <param name="Epochs">The epoch chosen on validation.</param>
/// <param name="Events">Interactions in the file.</param>
/// <param name="Users">Users in the file.</param>
/// <param name="Items">Items in the file.</param>
/// <param name="PositionsPerSecond">The mean rate of strict training.</param>
/// <param name="OnnxDifference">The largest difference between the network and its export.</param>
/// <param name="Loss">What was minimised.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Model">The model's folder.</param>
sealed record TrainSummary(
    double Ndcg10,
    double Hr10,
    double ServedNdcg10,
    double ServedHr10,
    double? RefitNdcg10,
    double? RefitHr10,
    double PopularityNdcg10,
    double PopularityHr10,
    double? RecentPopularityNdcg10,
    double NeighboursNdcg10,
    double? TimeSplitNdcg10,
    IReadOnlyDictionary<string, double>? TimeSplitBaselines,
    BaselineDifference? TimeSplitDifference,
    double PriorStrength,
    double TransitionStrength,
    double CoOccurrenceStrength,
    double NeighbourShare,
    int ContentFeatures,
    double ContentEvidence,
    string Protocol,
    double RepeatShare,
    bool SeenItems,
    double Seconds,
    int Epochs,
    long Events,
    int Users,
    int Items,
    double PositionsPerSecond,
    double OnnxDifference,
    string Loss,
    ulong Seed,
    string Model)
{
    /// <summary>The lines that end the command.</summary>
    /// <param name="decision">What the gate would say of the model as a first one.</param>
    public string Text(GateDecision decision) => string.Join(Environment.NewLine, [
        Line($"{Events:N0} interactions of {Users:N0} users with {Items:N0} items"),
        Line($"{Epochs} epochs, {Meter.Duration(TimeSpan.FromSeconds(Seconds))}"),
        "full ranking, leave-one-out    NDCG@10   HR@10",
        Line($"  strict                        {Ndcg10:0.0000}  {Hr10:0.0000}"),
        Line($"    served, exploring           {ServedNdcg10:0.0000}  {ServedHr10:0.0000}"),
        .. RefitNdcg10 is null
            ? Array.Empty<string>()
            : [Line($"  refit                         {RefitNdcg10:0.0000}  {RefitHr10:0.0000}")],
        Line($"  popularity                    {PopularityNdcg10:0.0000}  {PopularityHr10:0.0000}"),
        Line($"  neighbours                    {NeighboursNdcg10:0.0000}"),
        .. TimeSplitBaselines is null
            ? Array.Empty<string>()
            :
            [
                Line($"time split                      {TimeSplitNdcg10:0.0000}"),
                .. TimeSplitBaselines.Select(baseline => Line($"  {baseline.Key,-28}  {baseline.Value:0.0000}")),
            ],
        .. RepeatShare == 0
            ? Array.Empty<string>()
            : [Line($"{RepeatShare:P1} of the interactions are repeats, {(SeenItems ? "learned and asked for as well" : "which are neither learned nor asked for")}.")],
        .. decision.Reasons,
        $"The model is in {Model}; 'publish {Model}' brings it to the registry.",
    ]);

    static string Line(FormattableString text) => FormattableString.Invariant(text);
}
