using System.Globalization;
using System.Text;
using SasRec.Simulator.Loop;

namespace SasRec.Bench;

/// <summary>The rounds of a feedback loop as an SVG: utility, coverage, Gini, discovery, and the error of what the ledger says; a line an arm.</summary>
static class LoopPicture
{
    const int Width = 380, Height = 240, Margin = 45;
    static readonly string[] Colours = ["#c0392b", "#2980b9", "#8e44ad", "#27ae60", "#d35400", "#16a085", "#7f8c8d", "#2c3e50"];

    public static string Draw(IReadOnlyList<ArmResult> arms)
    {
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {2 * Width} {(3 * Height) + 30 + ((arms.Count - 1) / 4 * 18)}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>");
        Panel(svg, arms, 0, 0, "clicks expected of a slate", round => round.Utility);
        Panel(svg, arms, Width, 0, "coverage", round => round.Coverage);
        Panel(svg, arms, 0, Height, "Gini", round => round.Gini);
        Panel(svg, arms, Width, Height, "new items ever shown", round => round.Discovered);
        Panel(svg, arms, 0, 2 * Height, "error of P(interacted | served), by propensity", round => round.RateError);
        Panel(svg, arms, Width, 2 * Height, "the same of interacted / served", round => round.PlainRateError);
        for (var arm = 0; arm < arms.Count; arm++)
        {
            var (x, y) = (Margin + (arm % 4 * 170), (3 * Height) + (arm / 4 * 18));
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{x}\" y=\"{y + 8}\" width=\"12\" height=\"12\" fill=\"{Colours[arm % Colours.Length]}\"/>");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x + 17}\" y=\"{y + 18}\">{arms[arm].Arm}</text>");
        }

        return svg.Append("</svg>").ToString();
    }

    static void Panel(StringBuilder svg, IReadOnlyList<ArmResult> arms, int left, int top, string title, Func<LoopRound, double?> value)
    {
        var all = arms.SelectMany(arm => arm.Rounds).Select(value).OfType<double>().DefaultIfEmpty(0).ToArray();
        var (low, high) = (all.Min(), Math.Max(all.Max(), all.Min() + 1e-9));
        var rounds = arms[0].Rounds.Count;
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + Margin}\" y=\"{top + 20}\" font-weight=\"bold\">{title}, by round</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + Margin - 6}\" y=\"{Y(high) + 4:f1}\" text-anchor=\"end\">{high:0.###}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{left + Margin - 6}\" y=\"{Y(low) + 4:f1}\" text-anchor=\"end\">{low:0.###}</text>");
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{left + Margin},{top + 30}V{top + Height - 25}H{left + Width - 15}\" fill=\"none\" stroke=\"#999\"/>");
        for (var arm = 0; arm < arms.Count; arm++)
        {
            var points =
                from point in arms[arm].Rounds.Select((round, i) => (X: X(i), Value: value(round)))
                where point.Value is not null
                select string.Create(CultureInfo.InvariantCulture, $"{point.X:f1},{Y(point.Value!.Value):f1}");
            svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{string.Join(' ', points)}\" fill=\"none\" stroke=\"{Colours[arm % Colours.Length]}\" stroke-width=\"2\"/>");
        }

        double X(int round) => left + Margin + (round * (Width - Margin - 15.0) / Math.Max(1, rounds - 1));

        double Y(double v) => top + Height - 25 - ((v - low) / (high - low) * (Height - 60));
    }
}
