using System.Globalization;
using System.Text;

namespace SasRec.Trainer.Train;

/// <summary>A training curve as a picture: loss and validation metric by epoch.</summary>
public static class CurveChart
{
    const int Width = 720;
    const int Height = 320;
    const int Margin = 56;

    /// <summary>An SVG document.</summary>
    /// <param name="curve">At least one epoch.</param>
    /// <param name="metric">What the metric is called.</param>
    /// <param name="bestEpoch">The epoch to mark; 0 for none.</param>
    public static string Svg(IReadOnlyList<EpochRecord> curve, string metric, int bestEpoch)
    {
        ArgumentNullException.ThrowIfNull(curve);
        ArgumentOutOfRangeException.ThrowIfZero(curve.Count);
        var losses = curve.Select(record => (record.Epoch, record.Loss)).ToArray();
        var metrics = curve.Where(record => record.Metric is not null).Select(record => (record.Epoch, record.Metric!.Value)).ToArray();
        var text = new StringBuilder();
        text.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        text.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        var last = curve[^1].Epoch;
        if (bestEpoch > 0)
        {
            var x = Across(bestEpoch, last);
            text.Append(
                CultureInfo.InvariantCulture,
                $"<path d=\"M{x:0.#} {Margin / 2}V{Height - Margin}\" stroke=\"#999\" stroke-dasharray=\"4 4\"/>");
        }

        Line(text, losses, last, "#c0392b", "loss", left: true);
        Line(text, metrics, last, "#2471a3", metric, left: false);
        Label(text, Width / 2, Height - 14, "middle", "#333", string.Create(CultureInfo.InvariantCulture, $"epoch, 1 to {last}"));
        return text.Append("</svg>").ToString();
    }

    /// <summary>A line over its own scale, whose ends are written beside it.</summary>
    static void Line(StringBuilder text, (int Epoch, double Value)[] points, int last, string colour, string name, bool left)
    {
        if (points.Length == 0)
        {
            return;
        }

        var (least, most) = (points.Min(point => point.Value), points.Max(point => point.Value));
        var range = Math.Max(most - least, 1e-12);
        var path = string.Join('L', points.Select(point => string.Create(
            CultureInfo.InvariantCulture,
            $"{Across(point.Epoch, last):0.#} {Height - Margin - (point.Value - least) / range * (Height - 1.5 * Margin):0.#}")));
        text.Append(CultureInfo.InvariantCulture, $"<path d=\"M{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        var (x, anchor) = left ? (Margin - 6, "end") : (Width - Margin + 6, "start");
        Label(text, x, Height - Margin, anchor, colour, least.ToString("0.####", CultureInfo.InvariantCulture));
        Label(text, x, Margin / 2 + 6, anchor, colour, most.ToString("0.####", CultureInfo.InvariantCulture));
        Label(text, left ? Margin : Width - Margin, 16, left ? "start" : "end", colour, name);
    }

    static void Label(StringBuilder text, int x, int y, string anchor, string colour, string label) => text.Append(
        CultureInfo.InvariantCulture,
        $"<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{System.Security.SecurityElement.Escape(label)}</text>");

    static double Across(int epoch, int last) => Margin + (epoch - 1.0) / Math.Max(1, last - 1) * (Width - 2 * Margin);
}
