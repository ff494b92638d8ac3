using SasRec.Core.Model;

namespace SasRec.Core.Tests.Model;

public class ReferenceNetworkTests
{
    [Theory]
    [InlineData(8, 1, 1)]
    [InlineData(12, 2, 2)]
    [InlineData(9, 1, 3)]
    public void Every_gradient_is_the_finite_difference(int width, int blocks, int heads)
    {
        var config = new SasRecConfig { Width = width, Blocks = blocks, Heads = heads, MaxLength = 6 };
        var network = Network(config, items: 7);
        int[] sequence = [3, 1, 4, 1, 5];
        AssertGradients(network, () => Loss(network, sequence, backward: false), () => Loss(network, sequence, backward: true));
    }

    [Theory]
    [InlineData(RankingLoss.Bpr)]
    [InlineData(RankingLoss.BprMax)]
    [InlineData(RankingLoss.BinaryCrossEntropy)]
    [InlineData(RankingLoss.GeneralizedBinaryCrossEntropy)]
    [InlineData(RankingLoss.SampledSoftmax)]
    public void Every_loss_has_the_gradient_of_its_finite_difference(RankingLoss loss)
    {
        double[] scores = [0.3, -1.2, 2.5, 0.1, double.NegativeInfinity];
        var (positive, beta) = (0.7, 0.4);
        var (gradients, ignored) = (new double[5], new double[5]);
        var (_, positiveGradient) = RankingLossReference.Evaluate(loss, positive, scores, beta, gradients);

        Assert.Equal(Difference(step => At(positive + step, scores)), positiveGradient, 1e-7);
        for (var j = 0; j < 4; j++)
        {
            var changed = scores.ToArray();
            Assert.Equal(Difference(step => At(positive, [.. changed.Select((score, i) => i == j ? score + step : score)])), gradients[j], 1e-7);
        }

        Assert.Equal(0, gradients[4]);

        double At(double p, double[] n) => RankingLossReference.Evaluate(loss, p, n, beta, ignored).Loss;
    }

    [Fact]
    public void Losses_have_the_values_worked_out_by_hand()
    {
        // With all scores equal: sigma(0) = 1/2.
        double[] zeros = [0, 0, 0];
        Assert.Equal(Math.Log(2), Value(RankingLoss.Bpr), 12);
        Assert.Equal(Math.Log(2), Value(RankingLoss.BprMax), 12);
        Assert.Equal(2 * Math.Log(2), Value(RankingLoss.BinaryCrossEntropy), 12);
        Assert.Equal(3.5 * Math.Log(2), Value(RankingLoss.GeneralizedBinaryCrossEntropy), 12);
        Assert.Equal(Math.Log(4), Value(RankingLoss.SampledSoftmax), 12);

        double Value(RankingLoss loss) => RankingLossReference.Evaluate(loss, 0, zeros, 0.5, new double[3]).Loss;
    }

    [Fact]
    public void The_exponent_of_gBCE_runs_from_one_to_the_sampling_rate()
    {
        Assert.Equal(1, RankingLossReference.GeneralizedBeta(256, 1025, 0), 12);
        Assert.Equal(0.25, RankingLossReference.GeneralizedBeta(256, 1025, 1), 12);
    }

    [Fact]
    public void A_later_item_changes_no_earlier_state_but_for_the_positions_counted_from_the_end()
    {
        var network = Network(new SasRecConfig { Width = 8, Blocks = 2, Heads = 2, MaxLength = 6 }, items: 7);
        var before = network.Forward([1, 2, 3, 4]);
        var after = network.Forward([1, 2, 3, 6]);

        for (var d = 0; d < 8; d++)
        {
            Assert.Equal(before[2, d], after[2, d], 12);
            Assert.NotEqual(before[3, d], after[3, d], 12);
        }
    }

    /// <summary>A weighted sum of all scores at all positions, under a dropout that is fixed.</summary>
    static double Loss(ReferenceNetwork network, int[] sequence, bool backward)
    {
        var hidden = network.Forward(sequence, (site, block, row, column) => (row * 7 + column * 3 + (int)site + block) % 4 == 0 ? 0 : 1.3);
        var hiddenGradient = new double[hidden.GetLength(0), hidden.GetLength(1)];
        double loss = 0;
        for (var t = 0; t < sequence.Length; t++)
        {
            for (var item = 0; item < 7; item++)
            {
                var weight = Math.Sin(t * 7 + item);
                loss += weight * network.Score(hidden, t, item);
                if (backward)
                {
                    network.ScoreBackward(hidden, hiddenGradient, t, item, weight);
                }
            }
        }

        if (backward)
        {
            network.Backward(hiddenGradient);
        }

        return loss;
    }

    static void AssertGradients(ReferenceNetwork network, Func<double> loss, Action backward)
    {
        backward();
        for (var i = 0; i < network.Values.Length; i++)
        {
            var value = network.Values[i];
            var expected = Difference(step =>
            {
                network.Values[i] = value + step;
                return loss();
            });
            network.Values[i] = value;
            Assert.True(
                Math.Abs(expected - network.Gradients[i]) <= 1e-6 * Math.Max(1, Math.Abs(expected)),
                $"weight {i}: {network.Gradients[i]} is not {expected}");
        }
    }

    static double Difference(Func<double, double> function) => (function(1e-5) - function(-1e-5)) / 2e-5;

    static ReferenceNetwork Network(SasRecConfig config, int items)
    {
        var weights = SasRecWeights.Initialized(config, items, seed: 2);
        for (var i = 0; i < weights.Values.Length; i++)
        {
            weights.Values[i] += (float)(0.2 * CounterRandom.Normal(8, (ulong)i));
        }

        return new ReferenceNetwork(weights);
    }
}
