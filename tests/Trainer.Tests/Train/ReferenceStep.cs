using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Train;

/// <summary>The engine's step in double precision: the same plan and dropout, the reference network and losses, dense Adam.</summary>
sealed class ReferenceStep
{
    readonly SasRecWeights shape;
    readonly SequenceDataset data;
    readonly TrainingOptions options;
    readonly NegativeSampler sampler;
    readonly BatchPlan plan;
    readonly PaddedLayout layout;
    readonly double[] first;
    readonly double[] second;

    public ReferenceStep(SasRecWeights weights, SequenceDataset data, TrainingOptions options)
    {
        (shape, this.data, this.options) = (weights, data, options);
        Network = new ReferenceNetwork(weights);
        sampler = new NegativeSampler(data, options);
        plan = new BatchPlan(data, options, sampler, weights.Config.MaxLength, options.Threads);
        layout = new PaddedLayout(weights);
        (first, second) = (new double[Network.Values.Length], new double[Network.Values.Length]);
    }

    public ReferenceNetwork Network { get; }

    public (double Loss, double[] Gradients) Step(int[] users, int step)
    {
        plan.Build(users, CounterRandom.Bits(options.Seed, (ulong)step));
        Network.Gradients.AsSpan().Clear();
        double loss = 0;
        for (var c = 0; c < plan.ShardChunks[^1]; c++)
        {
            for (var s = plan.Chunks[c].FirstSequence; s < plan.Chunks[c].FirstSequence + plan.Chunks[c].Sequences; s++)
            {
                loss += Sequence(c, s);
            }
        }

        var gradients = Network.Gradients.ToArray();
        for (var i = 0; i < gradients.Length; i++)
        {
            first[i] = options.Beta1 * first[i] + (1 - options.Beta1) * gradients[i];
            second[i] = options.Beta2 * second[i] + (1 - options.Beta2) * gradients[i] * gradients[i];
            var (m, v) = (first[i] / (1 - Math.Pow(options.Beta1, step)), second[i] / (1 - Math.Pow(options.Beta2, step)));
            Network.Values[i] -= options.LearningRate * m / (Math.Sqrt(v) + options.Epsilon);
        }

        return (loss, gradients);
    }

    double Sequence(int c, int s)
    {
        var sequence = plan.Sequences[s];
        var history = data.Items(sequence.User);
        history = history[Math.Max(0, history.Length - shape.Config.MaxLength - 1)..];
        var key = CounterRandom.Bits(plan.DropoutKey, (ulong)sequence.User);
        var hidden = Network.Forward(history[..^1], options.Dropout > 0 ? Factor : null);
        var hiddenGradient = new double[hidden.GetLength(0), hidden.GetLength(1)];
        var beta = RankingLossReference.GeneralizedBeta(options.Negatives, data.ItemCount, options.Calibration);
        double total = 0;
        for (var t = 0; t < sequence.Length; t++)
        {
            var target = history[t + 1];
            var negatives = plan.Negatives.AsSpan(plan.NegativesOf(c, s, sequence.First + t), options.Negatives).ToArray();
            var items = Array.ConvertAll(negatives, slot => plan.Items[slot]);
            var scores = Array.ConvertAll(
                items, item => item == target ? double.NegativeInfinity : Network.Score(hidden, t, item) - Correction(item));
            var gradients = new double[items.Length];
            var (loss, positiveGradient) = RankingLossReference.Evaluate(
                options.Loss, Network.Score(hidden, t, target) - Correction(target), scores, beta, gradients);
            var weight = data.HasWeights ? data.Weights(sequence.User)[^(sequence.Length - t)] : 1.0;
            total += weight * loss / plan.Positions;
            Network.ScoreBackward(hidden, hiddenGradient, t, target, weight * positiveGradient / plan.Positions);
            for (var j = 0; j < items.Length; j++)
            {
                Network.ScoreBackward(hidden, hiddenGradient, t, items[j], weight * gradients[j] / plan.Positions);
            }
        }

        Network.Backward(hiddenGradient);
        return total;

        double Factor(DropoutSite site, int block, int row, int column)
        {
            var dropout = new Dropout(options.Dropout);
            var padded = site == DropoutSite.Attention ? column : layout.Column(column);
            return DropoutBits.Keeps(dropout.RowKey(key, site, block, row), padded, dropout.Threshold) ? dropout.Factor : 0;
        }
    }

    double Correction(int item) =>
        options.Loss == RankingLoss.SampledSoftmax && sampler.LogProbability is { } log ? log[item] : 0;
}
