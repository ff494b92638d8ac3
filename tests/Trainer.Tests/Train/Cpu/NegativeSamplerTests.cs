using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Train.Cpu;

public class NegativeSamplerTests
{
    const int Draws = 200_000;

    /// <summary>Item 0 sixteen times, item 1 four times, item 2 once, item 3 never.</summary>
    static readonly SequenceDataset Data = new(4, [0, 21], [.. Enumerable.Repeat(0, 16), .. Enumerable.Repeat(1, 4), 2]);

    [Theory]
    [InlineData(0.0, 0.25, 0.25, 0.25, 0.25)]

    // 16, 4, 1 and the half that an unseen item counts as, over 21.5; their roots 4, 2, 1, 0.7071 over 7.7071.
    [InlineData(1.0, 0.74419, 0.18605, 0.04651, 0.02326)]
    [InlineData(0.5, 0.51900, 0.25950, 0.12975, 0.09175)]
    public void Items_are_drawn_in_proportion_to_a_power_of_their_popularity(double power, params double[] expected)
    {
        var sampler = new NegativeSampler(Data, new TrainingOptions { PopularityPower = power });
        var counts = new int[4];
        for (var i = 0; i < Draws; i++)
        {
            counts[sampler.Draw(7, (ulong)i)]++;
        }

        for (var item = 0; item < 4; item++)
        {
            // Five standard deviations of a count.
            Assert.Equal(expected[item], counts[item] / (double)Draws, 5 * Math.Sqrt(0.25 / Draws));
        }
    }

    [Fact]
    public void The_log_probability_is_that_of_the_draw_with_what_the_batch_adds()
    {
        var sampler = new NegativeSampler(Data, new TrainingOptions { PopularityPower = 0.5, InBatchShare = 0.2 });

        // 0.8 x 4 / 7.7071 + 0.2 x 16 / 21.
        Assert.Equal(Math.Log(0.41520 + 0.15238), sampler.LogProbability![0], 1e-4);
        Assert.Null(new NegativeSampler(Data, new TrainingOptions { PopularityPower = 0 }).LogProbability);
    }
}
