using System.Runtime.Intrinsics;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Tests.Train.Cpu;

public class CpuEngineTests
{
    static readonly SasRecConfig Small = new() { Width = 16, Blocks = 1, Heads = 1, MaxLength = 9 };

    static readonly TrainingOptions Plain = new()
    {
        Loss = RankingLoss.BprMax, Negatives = 7, Dropout = 0, BatchSize = 6, Threads = 2, ChunkPositions = 5, Seed = 11,

        // Large enough that gradients which are rounding alone (a key bias adds the same to all scores of a softmax) move nothing.
        Epsilon = 1e-7, LearningRate = 1e-3, PopularityPower = 0,
    };

    public static TheoryData<string> Networks => new("16/1/1", "16/2/2", "20/2/1", "24/1/2", "50/1/1", "33/2/3", "64/1/2");

    public static TheoryData<RankingLoss, NegativeSharing> Losses
    {
        get
        {
            var data = new TheoryData<RankingLoss, NegativeSharing>();
            foreach (var loss in Enum.GetValues<RankingLoss>())
            {
                foreach (var sharing in Enum.GetValues<NegativeSharing>())
                {
                    data.Add(loss, sharing);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Losses_gradients_and_weights_of_several_steps_are_the_reference_s(string network)
    {
        var parts = network.Split('/').Select(int.Parse).ToArray();
        var config = new SasRecConfig { Width = parts[0], Blocks = parts[1], Heads = parts[2], MaxLength = 9 };
        AssertSteps<Vector512<float>, Simd512>(config, Plain);
        AssertSteps<Vector512<float>, Simd512>(config, Plain with { Dropout = 0.3 });
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Every_loss_and_every_way_to_share_negatives_is_the_reference_s(RankingLoss loss, NegativeSharing sharing) =>
        AssertSteps<Vector512<float>, Simd512>(
            Small, Plain with { Loss = loss, Sharing = sharing, PopularityPower = 0.5, InBatchShare = 0.3, Negatives = 19 });

    [Fact]
    public void Narrow_vectors_compute_the_same()
    {
        var config = Small with { Width = 40, Blocks = 2, Heads = 2 };
        AssertSteps<Vector256<float>, Simd256>(config, Plain with { Dropout = 0.2 });
        AssertSteps<Vector128<float>, Simd128>(config, Plain with { Dropout = 0.2 });
    }

    [Fact]
    public void One_thread_and_three_threads_agree_but_for_rounding()
    {
        AssertSteps<Vector512<float>, Simd512>(Small, Plain with { Threads = 1 });
        AssertSteps<Vector512<float>, Simd512>(Small, Plain with { Threads = 3 });
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public void Weights_of_interactions_weigh_their_positions_in_every_loss(RankingLoss loss, NegativeSharing sharing) =>
        AssertSteps<Vector512<float>, Simd512>(Small, Plain with { Loss = loss, Sharing = sharing, Dropout = 0.2 }, SmallWorld.Weighted);

    [Fact]
    public void Weighted_gradients_are_the_slopes_of_the_weighted_loss()
    {
        var data = SmallWorld.Weighted(SmallWorld.Make(users: 12, items: 40, shortest: 2, longest: 14));
        var weights = SasRecWeights.Initialized(Small, data.ItemCount, seed: 3);
        Perturb(weights);
        int[] users = [0, 3, 5, 7, 8, 11];
        var (_, gradients) = new ReferenceStep(weights, data, Plain).Step(users, 1);
        for (var i = 0; i < gradients.Length; i += 37)
        {
            const double Step = 1e-5;
            var slope = (LossAt(i, Step) - LossAt(i, -Step)) / (2 * Step);
            Assert.Equal(slope, gradients[i], 1e-6);
        }

        double LossAt(int place, double change)
        {
            var reference = new ReferenceStep(weights, data, Plain);
            reference.Network.Values[place] += change;
            return reference.Step(users, 1).Loss;
        }
    }

    [Fact]
    public void Weights_of_one_change_nothing()
    {
        var data = SmallWorld.Make(users: 12, items: 40, shortest: 2, longest: 14);
        var ones = data.WithWeights([.. Enumerable.Repeat(1f, data.InteractionCount)]);
        Assert.Equal(Trained(data), Trained(ones));

        static float[] Trained(SequenceDataset data)
        {
            using var engine = CpuEngine.Create(data, SasRecWeights.Initialized(Small, data.ItemCount, 1), Plain);
            engine.Step([0, 3, 5, 7]);
            engine.Step([1, 2, 3, 4]);
            var trained = SasRecWeights.Initialized(Small, data.ItemCount, 1);
            engine.Export(trained);
            return trained.Values;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_step_allocates_nothing(bool weighted)
    {
        var data = SmallWorld.Make(users: 40, items: 60, shortest: 2, longest: 14);
        data = weighted ? SmallWorld.Weighted(data) : data;
        var options = Plain with { Dropout = 0.2, ItemDropout = 0.3, PopularityPower = 0.4, BatchSize = 16 };
        using var engine = CpuEngine.Create(data, SasRecWeights.Initialized(Small, data.ItemCount, 1), options);
        int[] users = [.. Enumerable.Range(0, 16)];
        // The runtime allocates a little of its own on this thread when it compiles a method anew, at a moment that nobody chooses. What the
        // engine allocates, it allocates in every round.
        var least = long.MaxValue;
        for (var round = 0; round < 10 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var step = 0; step < 50; step++)
            {
                engine.Step(users);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    /// <summary>
    /// Several steps beside dense Adam on the reference's gradients, in double precision. Rows that a step does not touch are the test of
    /// the lazy update: 40 items and small batches leave many.
    /// </summary>
    static void AssertSteps<V, S>(SasRecConfig config, TrainingOptions options, Func<SequenceDataset, SequenceDataset>? weigh = null)
        where V : struct
        where S : struct, ISimd<V>
    {
        var data = SmallWorld.Make(users: 12, items: 40, shortest: 2, longest: 14);
        data = weigh?.Invoke(data) ?? data;
        var weights = SasRecWeights.Initialized(config, data.ItemCount, seed: 3);
        Perturb(weights);
        using var engine = new CpuEngine<V, S>(data, weights, options);
        var truth = new ReferenceStep(weights, data, options);
        for (var step = 0; step < 8; step++)
        {
            int[] users = step % 2 == 0 ? [0, 3, 5, 7, 8, 11] : [1, 2];
            var loss = engine.Step(users);
            var (expectedLoss, gradients) = truth.Step(users, step + 1);
            Assert.Equal(expectedLoss, loss, 1e-4 * Math.Max(1, Math.Abs(expectedLoss)));
            AssertClose(gradients, engine.Gradients(), relative: 2e-3, $"gradient in step {step}");
        }

        var trained = weights.Copy();
        engine.Export(trained);
        AssertClose(truth.Network.Values, trained, relative: 2e-3, "weights");
    }

    /// <summary>Biases, scales and shifts away from 0 and 1, so that their gradients and uses show.</summary>
    static void Perturb(SasRecWeights weights)
    {
        for (var i = 0; i < weights.Values.Length; i++)
        {
            weights.Values[i] += (float)(0.1 * CounterRandom.Normal(77, (ulong)i));
        }
    }

    static void AssertClose(double[] expected, SasRecWeights actual, double relative, string what)
    {
        foreach (var tensor in actual.Tensors)
        {
            var values = expected.AsSpan(tensor.Offset, tensor.Length);
            var largest = 1e-3;
            foreach (var value in values)
            {
                largest = Math.Max(largest, Math.Abs(value));
            }

            for (var i = 0; i < tensor.Length; i++)
            {
                var difference = Math.Abs(values[i] - actual.Values[tensor.Offset + i]);
                Assert.True(
                    difference <= relative * largest,
                    $"{what}, {tensor.Name}[{i}]: expected {values[i]}, found {actual.Values[tensor.Offset + i]}");
            }
        }
    }
}
