using Microsoft.ML.OnnxRuntime;
using SasRec.Core.Model;
using SasRec.Trainer.Export;

namespace SasRec.Trainer.Tests.Export;

public class OnnxExportTests
{
    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(20, 2, 2)]
    [InlineData(50, 3, 1)]
    [InlineData(64, 2, 4)]
    public void Histories_of_different_lengths_in_one_batch_score_as_the_trainer_scores_them(int width, int blocks, int heads)
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = width, Blocks = blocks, Heads = heads, MaxLength = 12 }, items: 77);
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Write(weights, path);

        // 12 is as long as the network sees, 30 is cut to its newest 12.
        ReadOnlyMemory<int>[] histories = [.. new[] { 1, 5, 12, 30, 2 }.Select(History)];
        var together = OnnxCheck.Compare(path, weights, histories);
        var apart = histories.Max(history => OnnxCheck.Compare(path, weights, [history]));
        Assert.InRange(together, 0, 2e-5);
        Assert.InRange(apart, 0, 2e-5);
    }

    [Fact]
    public void A_bias_of_the_items_is_in_the_file()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = 8 }, items: 30);
        var biased = weights.WithItemBias([.. Enumerable.Range(0, 30).Select(item => item / 10f)]);
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Write(biased, path);

        Assert.InRange(OnnxCheck.Compare(path, biased, [History(5), History(2)]), 0, 2e-5);
        Assert.Throws<InvalidDataException>(() => OnnxCheck.Compare(path, weights, [History(5)]));
    }

    [Fact]
    public void A_file_that_scores_differently_is_refused_with_what_differs()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = 8 }, items: 30);
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Write(weights, path);
        weights.ItemEmbedding(7)[3] += 0.01f;

        var error = Assert.Throws<InvalidDataException>(() => OnnxCheck.Compare(path, weights, [History(5)]));

        Assert.Contains("item 7 after history 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_item_table_is_an_output_of_its_own()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = 8 }, items: 30);
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Write(weights, path);

        using var session = new InferenceSession(path);
        using var input = OrtValue.CreateTensorValueFromMemory(new long[] { 0 }, [1, 1]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["items"], [input], ["item_embeddings"]);

        Assert.Equal([30, 16], outputs[0].GetTensorTypeAndShape().Shape);
        Assert.Equal(weights[TensorNames.ItemEmbedding].ToArray(), outputs[0].GetTensorDataAsSpan<float>().ToArray());
        Assert.Equal(["items"], session.InputNames);
        Assert.Equal(["scores", "state", "item_embeddings"], session.OutputNames);
    }

    [Fact]
    public void A_score_is_the_dot_product_of_the_state_and_the_item_s_embedding_and_its_bias()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = 8 }, items: 30).WithItemBias([.. Enumerable.Range(0, 30).Select(item => item / 10f)]);
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Write(weights, path);

        using var session = new InferenceSession(path);
        using var input = OrtValue.CreateTensorValueFromMemory(new long[] { 3, 9, 1, 0, 0, 7 }, [2, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["items"], [input], ["scores", "state"]);

        Assert.Equal([2, 16], outputs[1].GetTensorTypeAndShape().Shape);
        for (var row = 0; row < 2; row++)
        {
            var state = outputs[1].GetTensorDataAsSpan<float>().Slice(row * 16, 16);
            for (var item = 0; item < 30; item++)
            {
                var sum = weights.ItemBias![item];
                for (var i = 0; i < 16; i++)
                {
                    sum += state[i] * weights.ItemEmbedding(item)[i];
                }

                Assert.Equal(sum, outputs[0].GetTensorDataAsSpan<float>()[(row * 30) + item], 1e-4f);
            }
        }
    }

    static ReadOnlyMemory<int> History(int length) => Enumerable.Range(0, length).Select(t => (t * 31 + length) % 30).ToArray();

    static SasRecWeights Weights(SasRecConfig config, int items)
    {
        var weights = SasRecWeights.Initialized(config, items, seed: 9);
        for (var i = 0; i < weights.Values.Length; i++)
        {
            weights.Values[i] += (float)(0.1 * CounterRandom.Normal(5, (ulong)i));
        }

        return weights;
    }
}
