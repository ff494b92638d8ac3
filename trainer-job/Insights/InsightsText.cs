using System.Globalization;
using System.Text;
using SasRec.Core.Evaluate.Insights;

namespace SasRec.Trainer.Insights;

/// <summary>A report as tables for people.</summary>
static class InsightsText
{
    public static string Of(InsightsReport report)
    {
        var text = new StringBuilder();
        var slates = report.Slates;
        Line(text, $"{slates.Looked:N0} slates from {report.From:yyyy-MM-dd HH:mm} to {report.To:yyyy-MM-dd HH:mm} UTC; {slates.Counted:N0} count, {slates.Immature:N0} are too young,");
        Line(text, $"{slates.Open:N0} can still gain interactions, {slates.Sighted:N0} say what was seen.{Late(slates)}");
        Rates(text, "P(interacted | served)", [report.Total]);
        Rates(text, "by rank", report.Ranks);
        Rates(text, "by placement", report.Placements);
        Rates(text, "by recommender", report.Recommenders);
        Rates(text, "by segment", report.Segments);
        Rates(text, "by item", report.Items.Rest is { } rest ? [.. report.Items.Top, rest] : report.Items.Top);
        foreach (var calibration in report.Calibrations)
        {
            Calibration(text, calibration);
        }

        var spread = report.Spread;
        text.AppendLine();
        Line(text, $"spread     {spread.Served:N0} of {spread.Catalogue:N0} items served ({Share(spread.Coverage)}), Gini {Number(spread.Gini)}; {Share(spread.Discoverable)} can be discovered in {spread.DiscoverySlates:N0} slates");
        foreach (var day in report.Activity?.Days ?? [])
        {
            Line(text, $"{day.Day} {day.Interactions,9:N0} interactions, {Share(day.ServedShare)} through slates");
        }

        foreach (var model in report.Models)
        {
            Line(text, $"{model.Version,-26} {model.Slates,8:N0} slates, rate {Number(model.Rate.Plain)}, coverage {Share(model.Coverage)}, overlap {Number(model.TopOverlap)}, shift {Number(model.Shift)}");
        }

        Advice(text, report.Advice);
        return text.ToString().TrimEnd();
    }

    static void Rates(StringBuilder text, string title, IReadOnlyList<ServedRate> rates)
    {
        if (rates.Count == 0)
        {
            return;
        }

        text.AppendLine();
        Line(text, $"{title,-26} {"served",9} {"acted on",9} {"plain",7} {"interval",17} {"weighed",8} {"interval",17} {"worth",9}");
        foreach (var rate in rates)
        {
            Line(text, $"{Short(rate.Key),-26} {rate.Served,9:N0} {rate.Interacted,9:N0} {Number(rate.Plain),7} {Interval(rate.PlainLow, rate.PlainHigh),17} {Number(rate.Weighted),8} {Interval(rate.Low, rate.High),17} {rate.EffectiveSampleSize,9:N0}{(rate.Enough ? "" : "  not enough")}");
        }
    }

    static void Calibration(StringBuilder text, Calibration calibration)
    {
        text.AppendLine();
        Line(text, $"calibration of {calibration.Recommender}, learned from {calibration.LearnedFrom:N0} slots, tested on {calibration.TestedOn:N0} newer ones: error {Number(calibration.ExpectedError)}{(calibration.Reason is { } reason ? "; " + reason : "")}");
        foreach (var bin in calibration.Bins)
        {
            Line(text, $"  predicted {Number(bin.Predicted)}, observed {Number(bin.Observed)} {Interval(bin.Low, bin.High)} of {bin.Count:N0}");
        }
    }

    static void Advice(StringBuilder text, Advice advice)
    {
        text.AppendLine();
        Line(text, $"how much to explore, from {advice.Slates:N0} slates with {Number(advice.Reward)} interactions each");
        Line(text, $"{"temperature",11} {"epsilon",8} {"reward",8} {"change",8} {"interval",19} {"worth of 1,000",15}");
        foreach (var setting in advice.Settings)
        {
            var known = setting.Enough
                ? Text($"{Number(setting.Reward),8} {setting.Change,8:+0.0000;-0.0000} {Interval(setting.ChangeLow, setting.ChangeHigh),19}")
                : Text($"{"not enough support",37}");
            var mark = advice.Recommended == new RecommendedSetting(setting.Temperature, setting.Epsilon) ? "  recommended" : "";
            Line(text, $"{setting.Temperature,11:0.###} {setting.Epsilon,8:0.###} {known} {setting.NextEffectiveSlates,15:N0}{mark}");
        }

        Line(text, $"{advice.Reason}");
    }

    static string Late(SlateCounts slates) => slates.LateShare is { } late
        ? Text($" {late:p1} of the interactions came after {slates.MaturitySeconds:N0} s, when a slate counts.")
        : "";

    static string Interval(double? low, double? high) => low is null ? "" : Text($"{low:0.0000} to {high:0.0000}");

    static string Number(double? value) => value is null ? "-" : Text($"{value:0.0000}");

    static string Share(double? value) => value is null ? "-" : Text($"{value:p1}");

    static string Short(string key) => key.Length <= 26 ? key : key[..25] + "…";

    static void Line(StringBuilder text, FormattableString line) => text.AppendLine(Text(line));

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
