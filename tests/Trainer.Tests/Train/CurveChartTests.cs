using System.Xml.Linq;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Tests.Train;

public class CurveChartTests
{
    [Fact]
    public void Loss_and_metric_are_two_lines_with_their_ends_written_beside_them()
    {
        EpochRecord[] curve =
        [
            new(1, 0.9, null, 1000, TimeSpan.Zero), new(2, 0.5, 0.01, 1000, TimeSpan.Zero), new(3, 0.4, 0.03, 1000, TimeSpan.Zero),
        ];

        var svg = XDocument.Parse(CurveChart.Svg(curve, "NDCG@10 <validation>", bestEpoch: 3));

        var lines = svg.Descendants().Where(e => e.Name.LocalName == "path" && (string?)e.Attribute("fill") == "none").ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Equal("M56 28L360 216.8L664 264", (string)lines[0].Attribute("d")!);
        Assert.Equal("M360 264L664 28", (string)lines[1].Attribute("d")!);
        string[] labels = [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];
        Assert.Equal(["0.4", "0.9", "loss", "0.01", "0.03", "NDCG@10 <validation>", "epoch, 1 to 3"], labels);
    }

    [Fact]
    public void A_run_of_one_epoch_without_validation_has_a_chart_too() =>
        Assert.Contains("epoch, 1 to 1", CurveChart.Svg([new(1, 0.9, null, 1, TimeSpan.Zero)], "NDCG@10", 0), StringComparison.Ordinal);
}
