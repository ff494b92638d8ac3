using System.Text;
using SasRec.Core.Model;

namespace SasRec.Core.Tests.Model;

public class SasRecWeightsTests
{
    static readonly SasRecConfig Config = new() { Width = 12, Blocks = 2, Heads = 3, MaxLength = 5 };

    [Fact]
    public void What_was_saved_is_what_is_loaded()
    {
        var weights = SasRecWeights.Initialized(Config, 31, seed: 1);
        using var stream = new MemoryStream();
        weights.Save(stream);
        stream.Position = 0;
        var loaded = SasRecWeights.Load(stream);

        Assert.Equal(Config, loaded.Config);
        Assert.Equal(31, loaded.ItemCount);
        Assert.Equal(weights.Values, loaded.Values);
        Assert.Null(loaded.ItemBias);
    }

    [Fact]
    public void A_bias_of_the_items_is_saved_with_them_and_stays_behind_with_their_catalogue()
    {
        var bias = Enumerable.Range(0, 31).Select(item => item / 8f).ToArray();
        var weights = SasRecWeights.Initialized(Config, 31, seed: 1).WithItemBias(bias);
        using var stream = new MemoryStream();
        weights.Save(stream);
        stream.Position = 0;
        var loaded = SasRecWeights.Load(stream);

        Assert.Equal(bias, loaded.ItemBias);
        Assert.Equal(weights.Values, loaded.Values);
        Assert.Equal(bias, weights.Copy().ItemBias);
        Assert.Null(weights.WithItems([3, 4], seed: 1).ItemBias);
        Assert.Throws<ArgumentException>(() => weights.WithItemBias([1, 2]));
        Assert.Throws<InvalidDataException>(() => SasRecWeights.Load(new MemoryStream(stream.ToArray()[..^1])));
    }

    [Fact]
    public void A_file_that_is_cut_short_or_is_something_else_is_refused()
    {
        using var stream = new MemoryStream();
        SasRecWeights.Initialized(Config, 31, seed: 1).Save(stream);
        var bytes = stream.ToArray();

        Assert.Throws<InvalidDataException>(() => SasRecWeights.Load(new MemoryStream(bytes[..^1])));
        Assert.Throws<InvalidDataException>(() => SasRecWeights.Load(new MemoryStream(bytes[..20])));
        Assert.Throws<InvalidDataException>(() => SasRecWeights.Load(new MemoryStream(Encoding.UTF8.GetBytes("user item\n1 2\n3 4\n"))));
    }

    [Fact]
    public void The_header_is_json_and_the_values_begin_at_a_multiple_of_eight()
    {
        using var stream = new MemoryStream();
        var weights = SasRecWeights.Initialized(Config, 31, seed: 1);
        weights.Save(stream);
        var header = BitConverter.ToInt64(stream.ToArray(), 0);

        Assert.Equal(0, header % 8);
        Assert.Equal(8 + header + 4L * weights.Values.Length, stream.Length);
        Assert.StartsWith("{\"__metadata__\":{\"width\":\"12\"", Encoding.UTF8.GetString(stream.ToArray(), 8, 40), StringComparison.Ordinal);
    }

    [Fact]
    public void Fresh_matrices_have_the_variance_of_Xavier_and_Glorot()
    {
        var weights = SasRecWeights.Initialized(Config with { Width = 60 }, 2000, seed: 3);
        var items = weights[TensorNames.ItemEmbedding].ToArray();

        Assert.Equal(2.0 / 2060, items.Average(value => (double)value * value), 2e-5);
        Assert.All(weights["final_norm.scale"].ToArray(), value => Assert.Equal(1, value));
        Assert.All(weights["blocks.0.query.bias"].ToArray(), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Another_catalogue_keeps_what_was_known_and_begins_afresh_with_what_is_new()
    {
        var weights = SasRecWeights.Initialized(Config, 31, seed: 1);
        var fresh = SasRecWeights.Initialized(Config, 4, seed: 2);

        var other = weights.WithItems([30, -1, 7, -1], seed: 2);

        Assert.Equal(4, other.ItemCount);
        Assert.Equal(weights.ItemEmbedding(30).ToArray(), other.ItemEmbedding(0).ToArray());
        Assert.Equal(fresh.ItemEmbedding(1).ToArray(), other.ItemEmbedding(1).ToArray());
        Assert.Equal(weights.ItemEmbedding(7).ToArray(), other.ItemEmbedding(2).ToArray());
        Assert.Equal(fresh.ItemEmbedding(3).ToArray(), other.ItemEmbedding(3).ToArray());
        foreach (var tensor in weights.Tensors.Where(tensor => tensor.Name != TensorNames.ItemEmbedding))
        {
            Assert.Equal(weights[tensor.Name].ToArray(), other[tensor.Name].ToArray());
        }
    }
}
