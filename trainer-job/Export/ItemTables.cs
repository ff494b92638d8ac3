using SasRec.Core.Model;
using static SasRec.Trainer.Export.Onnx.TensorProto.Types;

namespace SasRec.Trainer.Export;

/// <summary>How the item embeddings [V, D] stand in the graph.</summary>
interface IItemTable
{
    /// <summary>Adds the weights.</summary>
    void AddTo(GraphBuilder graph);

    /// <summary>The rows of some items: indices [batch, time] to [batch, time, D].</summary>
    string Rows(GraphBuilder graph, string index);

    /// <summary>The product of every item with a state: [batch, D] to [batch, V], with a bias [V] where there is one.</summary>
    string Scores(GraphBuilder graph, string state, string? bias);

    /// <summary>[V, D].</summary>
    string All(GraphBuilder graph);
}

/// <summary>The network's own table.</summary>
sealed class ExactItems(SasRecWeights weights) : IItemTable
{
    public void AddTo(GraphBuilder graph) => graph.Weight(
        TensorNames.ItemEmbedding, weights[TensorNames.ItemEmbedding], [weights.ItemCount, weights.Config.Width]);

    public string Rows(GraphBuilder graph, string index) => graph.Node("Gather", TensorNames.ItemEmbedding, index);

    public string Scores(GraphBuilder graph, string state, string? bias) => graph.Node(
        "Gemm",
        [GraphBuilder.Attribute("transB", 1L)],
        bias is null ? [state, TensorNames.ItemEmbedding] : [state, TensorNames.ItemEmbedding, bias]);

    public string All(GraphBuilder graph) => TensorNames.ItemEmbedding;
}

/// <summary>The table in 8 bits. The state is taken in 14, as two digits, so that the products are those of integers and exact.</summary>
/// <remarks>A digit has 7 bits: two products of 7 by 8 bits fit the 16 that processors without VNNI add them in.</remarks>
sealed class RoundedItems(RoundedItemTable table, SasRecWeights weights) : IItemTable
{
    const string Scales = TensorNames.ItemEmbedding + ".scale";

    const int Digit = 128;

    /// <summary>The largest whole number of the state: its upper digit is at most 63.</summary>
    const float MostState = 63 * Digit;

    public void AddTo(GraphBuilder graph)
    {
        graph.Weight(TensorNames.ItemEmbedding, table.Values, [weights.Config.Width, weights.ItemCount]);
        graph.Weight(Scales, table.Scales, [weights.ItemCount]);
    }

    public string Rows(GraphBuilder graph, string index)
    {
        var values = graph.Node("Gather", [GraphBuilder.Attribute("axis", 1L)], TensorNames.ItemEmbedding, index);
        var rows = graph.Node("Transpose", [GraphBuilder.Attribute("perm", 1, 2, 0)], graph.Cast(values, DataType.Float));
        return graph.Node("Mul", rows, graph.Node("Unsqueeze", graph.Node("Gather", Scales, index), graph.Vector(-1)));
    }

    public string Scores(GraphBuilder graph, string state, string? bias)
    {
        var most = graph.Node("ReduceMax", [GraphBuilder.Attribute("axes", [1])], graph.Node("Abs", state));
        var step = graph.Node("Div", graph.Node("Max", most, graph.Scalar(1e-30f)), graph.Scalar(MostState));
        var whole = graph.Node("Round", graph.Node("Div", state, step));
        var upper = graph.Node("Floor", graph.Node("Add", graph.Node("Div", whole, graph.Scalar((float)Digit)), graph.Scalar(0.5f)));
        var lower = graph.Node("Sub", whole, graph.Node("Mul", upper, graph.Scalar((float)Digit)));
        var digits = graph.Node(
            "Concat", [GraphBuilder.Attribute("axis", 0L)],
            graph.Node("Unsqueeze", upper, graph.Vector(0)), graph.Node("Unsqueeze", lower, graph.Vector(0)));
        var bytes = graph.Cast(graph.Node("Add", digits, graph.Scalar(Digit / 2f)), DataType.Uint8);
        var sums = graph.Node("MatMulInteger", bytes, TensorNames.ItemEmbedding, graph.Scalar((byte)(Digit / 2)));
        var sum = graph.Node(
            "Add",
            graph.Node("Mul", graph.Node("Gather", sums, graph.Scalar(0L)), graph.Scalar(Digit)),
            graph.Node("Gather", sums, graph.Scalar(1L)));
        var scores = graph.Node("Mul", graph.Node("Mul", graph.Cast(sum, DataType.Float), Scales), step);
        return bias is null ? scores : graph.Node("Add", scores, bias);
    }

    public string All(GraphBuilder graph) => graph.Node(
        "Transpose",
        [GraphBuilder.Attribute("perm", 1, 0)],
        graph.Node("DequantizeLinear", [GraphBuilder.Attribute("axis", 1L)], TensorNames.ItemEmbedding, Scales));
}
