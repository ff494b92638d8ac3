using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Serving.Inference;
using SasRec.Serving.Items;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Tests.Export;

/// <summary>A large catalogue as it is published and served: encoder and item table in 8 bits, held to the whole network.</summary>
public class RoundedNetworkTests
{
    const int Items = 77, MaxLength = 12;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(16, 1, 1)]
    [InlineData(20, 2, 2)]
    [InlineData(50, 3, 1)]
    public async Task Every_score_lies_within_the_bound_of_what_the_whole_network_says_of_rounded_items(int width, int blocks, int heads)
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = width, Blocks = blocks, Heads = heads, MaxLength = MaxLength });
        await WriteAsync(folder, weights, roundedFrom: Items);
        var table = RoundedItemTable.Of(weights);

        // The network that draws has rounded items where histories come in and where scores come out.
        using var files = new ScratchFolder();
        await WriteAsync(files, Rounded(weights, table), roundedFrom: int.MaxValue);
        using var whole = new OnnxNetwork(files.File(Names.ModelBlobs.Network), Items);
        using var rounded = new RoundedNetwork(folder.File(Names.ModelBlobs.Encoder), table, Items);
        using var buffers = new ScoreBuffers(Items, Items, MaxLength, width);
        foreach (var length in new[] { 1, 3, MaxLength })
        {
            Tokens(length).CopyTo(buffers.Tokens, 0);
            rounded.Score(buffers, length);
            var (scores, states) = (new float[Items], new float[width]);
            whole.Score(Tokens(length), scores, states, 1);
            for (var item = 0; item < Items; item++)
            {
                Assert.InRange(Math.Abs(scores[item] - buffers.Scores[item]), 0, table.MaxError(item, states) + 1e-4f);
                Assert.Equal(scores[item], buffers.Scores[item], 2e-2f);
            }

            Assert.All(states.Zip(buffers.State), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        }
    }

    [Fact]
    public async Task Histories_of_different_lengths_in_one_batch_score_as_apart()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = MaxLength });
        await WriteAsync(folder, weights, roundedFrom: Items);
        using var network = new RoundedNetwork(folder.File(Names.ModelBlobs.Encoder), RoundedItemTable.Of(weights), Items);
        long[] padded = [.. new long[MaxLength - 3], .. Tokens(3), .. Tokens(MaxLength)];
        var (together, alone) = (new float[2 * Items], new float[Items]);
        network.Score(padded, together, default, 2);
        foreach (var (row, length) in new[] { (0, 3), (1, MaxLength) })
        {
            network.Score(Tokens(length), alone, default, 1);
            Assert.All(alone.Zip(together[(row * Items)..]), pair => Assert.Equal(pair.First, pair.Second, 1e-3f));
        }
    }

    [Fact]
    public async Task A_folder_of_a_large_catalogue_is_loaded_rounded_and_ranks_as_the_whole_network()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = MaxLength });
        var manifest = new ModelManifest { Version = "v", Config = weights.Config, Data = new DataRange(null, null, 0, 1, Items), Protocol = "none" };
        await WriteAsync(folder, weights, roundedFrom: Items);
        var files = new ModelFolder(folder.Path).Files;
        Assert.Contains(Names.ModelBlobs.Encoder, files.Keys);
        Assert.Contains(Names.ModelBlobs.ItemTable, files.Keys);

        // Without its whole network, as an instance downloads it.
        File.Move(folder.File(Names.ModelBlobs.Network), folder.File("whole.onnx"));
        var rounded = await LoadedModel.LoadAsync(manifest, folder.Path, (items, _) => new CatalogueView(items, null), Cancellation);
        File.Delete(folder.File(Names.ModelBlobs.ItemTable));
        File.Move(folder.File("whole.onnx"), folder.File(Names.ModelBlobs.Network));
        var whole = await LoadedModel.LoadAsync(manifest, folder.Path, (items, _) => new CatalogueView(items, null), Cancellation);
        Assert.True(rounded.Bytes < whole.Bytes);
        var (mine, theirs) = (Scores(rounded), Scores(whole));
        Assert.NotEqual(mine, theirs);
        Assert.All(mine.Zip(theirs), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
        rounded.LetGo();
        whole.LetGo();
    }

    [Fact]
    public async Task A_folder_that_is_written_again_for_a_small_catalogue_keeps_nothing_rounded()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = MaxLength });
        await WriteAsync(folder, weights, roundedFrom: Items);
        await WriteAsync(folder, weights, roundedFrom: Items + 1);
        Assert.Equal([Names.ModelBlobs.Network, Names.ModelBlobs.Items, Names.ModelBlobs.Weights], new ModelFolder(folder.Path).Files.Keys);
    }

    [Fact]
    public async Task A_table_of_another_catalogue_or_width_is_refused()
    {
        using var folder = new ScratchFolder();
        var weights = Weights(new SasRecConfig { Width = 16, MaxLength = MaxLength });
        await WriteAsync(folder, weights, roundedFrom: Items);
        var encoder = folder.File(Names.ModelBlobs.Encoder);
        Assert.Contains("76", Assert.Throws<InvalidDataException>(() => new RoundedNetwork(encoder, RoundedItemTable.Of(weights), 76)).Message, StringComparison.Ordinal);
        var narrow = RoundedItemTable.Of(Weights(new SasRecConfig { Width = 8, MaxLength = MaxLength }));
        Assert.Contains("'embeddings'", Assert.Throws<InvalidDataException>(() => new RoundedNetwork(encoder, narrow, Items)).Message, StringComparison.Ordinal);
    }

    static float[] Scores(LoadedModel model)
    {
        var buffers = model.Rent(null);
        Tokens(5).CopyTo(buffers.Tokens, 0);
        model.Scorer.Score(buffers, 5, null);
        return buffers.Scores;
    }

    static SasRecWeights Rounded(SasRecWeights weights, RoundedItemTable table)
    {
        var rounded = weights.Copy();
        for (var item = 0; item < Items; item++)
        {
            table.Embedding(item, rounded.ItemEmbedding(item));
        }

        return rounded;
    }

    static Task<float> WriteAsync(ScratchFolder folder, SasRecWeights weights, int roundedFrom) => new ModelFolder(folder.Path).WriteAsync(
        weights, new ModelItems(new ItemVocabulary(Enumerable.Range(0, Items).Select(i => $"item-{i}")), new int[Items], new int[Items]),
        [new([0, 1, 2])], Cancellation, roundedFrom);

    static long[] Tokens(int length) => [.. Enumerable.Range(0, length).Select(t => ModelFormat.Token((t * 31 + length) % Items))];

    static SasRecWeights Weights(SasRecConfig config)
    {
        var weights = SasRecWeights.Initialized(config, Items, seed: 9);
        for (var i = 0; i < weights.Values.Length; i++)
        {
            weights.Values[i] += (float)(0.1 * CounterRandom.Normal(5, (ulong)i));
        }

        return weights;
    }
}
