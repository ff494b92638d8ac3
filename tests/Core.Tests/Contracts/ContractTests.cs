using SasRec.Core.Contracts;
using SasRec.Core.Model;

namespace SasRec.Core.Tests.Contracts;

/// <summary>These values are stored and sent: whoever changes one has to read the old one too.</summary>
public class ContractTests
{
    [Fact]
    public void Recommenders_metrics_and_baselines_keep_the_names_under_which_they_are_stored()
    {
        Assert.Equal(["sasrec", "popularity", "similar"], Recommenders.All);
        Assert.Equal(
            ["ndcg@10", "hr@10", "coverage@10", "mrr", "popularity", "popularity-7d"],
            [MetricNames.Ndcg(), MetricNames.HitRate(), MetricNames.Coverage(), MetricNames.Mrr, MetricNames.Popularity, MetricNames.RecentPopularity]);
        Assert.Equal(
            ["refit:ndcg@5", "sampled100:hr@20", "popularity:mrr"],
            [MetricNames.Refit(MetricNames.Ndcg(5)), MetricNames.Sampled(100, MetricNames.HitRate(20)), MetricNames.OfBaseline(MetricNames.Popularity, MetricNames.Mrr)]);
    }

    [Fact]
    public void The_version_of_the_build_is_a_semantic_version() =>
        Assert.Matches(@"^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$", ProductVersion.Text);

    [Fact]
    public void Exit_codes_and_the_command_line_keep_their_values()
    {
        Assert.Equal([0, 1, 2, 3, 4, 130], Enum.GetValues<ExitCode>().Select(code => (int)code));
        Assert.All(Enum.GetValues<ExitCode>(), code => Assert.NotEmpty(code.Meaning()));
        Assert.Equal(
            ["run", "--json", "--run-id", "--trigger"],
            [TrainerArguments.Run, TrainerArguments.Json, TrainerArguments.RunId, TrainerArguments.Trigger]);
    }

    [Fact]
    public void A_token_is_the_index_of_its_item_and_one_and_0_is_padding()
    {
        Assert.Equal(["items", "scores", "item_embeddings"], [ModelFormat.Items, ModelFormat.Scores, ModelFormat.ItemEmbeddings]);
        Assert.Equal((0, 1, 8), (ModelFormat.Padding, ModelFormat.Token(0), ModelFormat.Token(7)));
        Assert.Equal((-1, 7), (ModelFormat.Item(ModelFormat.Padding), ModelFormat.Item(ModelFormat.Token(7))));
    }

    [Fact]
    public void Tensors_keep_the_names_under_which_files_hold_them()
    {
        var weights = new SasRecWeights(new SasRecConfig { Width = 8, Blocks = 1, MaxLength = 3 }, itemCount: 2);

        Assert.Equal(
            [
                "item_embedding", "position_embedding", "blocks.0.attention_norm.scale", "blocks.0.attention_norm.shift", "blocks.0.query.weight",
                "blocks.0.query.bias", "blocks.0.key.weight", "blocks.0.key.bias", "blocks.0.value.weight", "blocks.0.value.bias",
                "blocks.0.feed_norm.scale", "blocks.0.feed_norm.shift", "blocks.0.feed_inner.weight", "blocks.0.feed_inner.bias",
                "blocks.0.feed_outer.weight", "blocks.0.feed_outer.bias", "final_norm.scale", "final_norm.shift",
            ],
            weights.Tensors.Select(tensor => tensor.Name));
    }
}
