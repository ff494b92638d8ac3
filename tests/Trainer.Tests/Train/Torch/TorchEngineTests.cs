using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Train.Torch;

/// <summary>Torch beside the CPU engine, which is held to the reference elsewhere.</summary>
public class TorchEngineTests
{
    static readonly SequenceDataset Data = SmallWorld.Make(users: 12, items: 40, shortest: 2, longest: 14);

    static readonly TrainingOptions Plain = new()
    {
        Engine = EngineKind.Torch, Loss = RankingLoss.BprMax, Negatives = 7, Dropout = 0, BatchSize = 6, Threads = 2, ChunkPositions = 5,
        Seed = 11, LearningRate = 1e-3, PopularityPower = 0,

        // Large enough that gradients which are rounding alone (a key bias adds the same to all scores of a softmax) move nothing.
        Epsilon = 1e-5,
    };

    public static TheoryData<RankingLoss, NegativeSharing> Losses => [.. from loss in Enum.GetValues<RankingLoss>()
                                                                         from sharing in Enum.GetValues<NegativeSharing>()
                                                                         select (loss, sharing)];

    public TorchEngineTests() => Assert.SkipWhen(Engines.TorchProblem is not null, Engines.TorchProblem ?? "");

    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(20, 2, 1)]
    [InlineData(24, 2, 2)]
    [InlineData(33, 1, 3)]
    public void Losses_gradients_and_weights_of_several_steps_are_the_CPU_engine_s(int width, int blocks, int heads) =>
        AssertSteps(new SasRecConfig { Width = width, Blocks = blocks, Heads = heads, MaxLength = 9 }, Plain);

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_and_every_way_to_share_negatives_is_the_CPU_engine_s(RankingLoss loss, NegativeSharing sharing) =>
        AssertSteps(
            new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 9 },
            Plain with { Loss = loss, Sharing = sharing, PopularityPower = 0.5, InBatchShare = 0.3, Negatives = 19 });

    [Theory]
    [MemberData(nameof(Losses))]
    public void Weights_of_interactions_weigh_as_in_the_CPU_engine(RankingLoss loss, NegativeSharing sharing) =>
        AssertSteps(
            new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 9 }, Plain with { Loss = loss, Sharing = sharing }, SmallWorld.Weighted(Data));

    [Fact]
    public void Where_every_negative_is_the_target_nothing_is_learnt_of_it() =>
        AssertSteps(new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 9 }, Plain with { Negatives = 1, InBatchShare = 1, BatchSize = 2 });

    [Fact]
    public void Training_with_dropout_learns_what_comes_next()
    {
        var config = new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 8 };
        var data = SmallWorld.Make(users: 100, items: 30, shortest: 2, longest: 15);
        var options = new TrainingOptions
        {
            Engine = EngineKind.Torch, Epochs = 25, BatchSize = 16, Threads = 2, Negatives = 8, LearningRate = 5e-3, Seed = 4,
        };

        var result = SasRecTrainer.Train(data, config, options);

        var unseen = SmallWorld.Make(users: 50, items: 30, shortest: 5, longest: 10, seed: 99);
        var histories = Enumerable.Range(0, 50).Select(user => (ReadOnlyMemory<int>)unseen.Items(user).ToArray()).ToArray();
        var ranks = new double[50];
        using var scorer = new SasRecScorer(result.Weights);
        scorer.Rank(histories, Array.ConvertAll(histories, history => (history.Span[^1] + 1) % 30), ranks);
        Assert.True(ranks.Average() < 2, $"The next item ranks {ranks.Average()} on average.");
    }

    [Fact]
    public void A_run_that_was_saved_goes_on_to_the_same_weights()
    {
        var initial = SasRecWeights.Initialized(new SasRecConfig { Width = 16, Blocks = 1, MaxLength = 9 }, Data.ItemCount, seed: 3);
        var options = Plain with { Dropout = 0.3 };
        using var whole = Engines.Create(Data, initial, options);
        whole.Step([0, 3, 5]);
        using var saved = new MemoryStream();
        whole.Save(saved);
        using var continued = Engines.Create(Data, initial, options);
        saved.Position = 0;
        continued.StepCount = whole.StepCount;
        continued.Restore(saved);

        whole.Step([1, 2]);
        continued.Step([1, 2]);

        var (expected, actual) = (initial.Copy(), initial.Copy());
        whole.Export(expected);
        continued.Export(actual);
        Assert.NotEqual(initial.Values, actual.Values);
        Assert.Equal(expected.Values, actual.Values);
    }

    static void AssertSteps(SasRecConfig config, TrainingOptions options, SequenceDataset? weighted = null)
    {
        var data = weighted ?? Data;
        var weights = SasRecWeights.Initialized(config, data.ItemCount, seed: 3);
        for (var i = 0; i < weights.Values.Length; i++)
        {
            // Biases, scales and shifts away from 0 and 1, so that their gradients and uses show.
            weights.Values[i] += (float)(0.1 * CounterRandom.Normal(77, (ulong)i));
        }

        using var torch = Engines.Create(data, weights, options);
        using var cpu = CpuEngine.Create(data, weights, options);
        for (var step = 0; step < 8; step++)
        {
            int[] users = options.BatchSize < 6 || step % 2 == 1 ? [1, 2] : [0, 3, 5, 7, 8, 11];
            var (expected, loss) = (cpu.Step(users), torch.Step(users));
            Assert.Equal(expected, loss, 1e-5 * Math.Max(1, Math.Abs(expected)));
            Assert.Equal(cpu.Positions, torch.Positions);
            AssertClose(cpu.Gradients(), torch.Gradients(), relative: 2e-4, $"gradient in step {step}");
        }

        var (trained, byTorch) = (weights.Copy(), weights.Copy());
        cpu.Export(trained);
        torch.Export(byTorch);
        AssertClose(trained, byTorch, relative: 2e-4, "weights");
    }

    /// <summary>Both are float32 and add up in another order; the bound is relative to the largest value of each tensor.</summary>
    static void AssertClose(SasRecWeights expected, SasRecWeights actual, double relative, string what)
    {
        foreach (var tensor in expected.Tensors)
        {
            var values = expected[tensor.Name];
            var found = actual[tensor.Name];
            var largest = 1e-3f;
            foreach (var value in values)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            for (var i = 0; i < values.Length; i++)
            {
                Assert.True(
                    Math.Abs(values[i] - found[i]) <= relative * largest,
                    $"{what}, {tensor.Name}[{i}]: expected {values[i]}, found {found[i]}");
            }
        }
    }
}
