using SasRec.Core.Model;

namespace SasRec.Trainer.Export;

/// <summary>The operations of a block as nodes of an ONNX graph; a value is its node's name.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="config">The network's shape.</param>
/// <param name="hidden">What is added to the scores of keys, to hide those that a query must not see.</param>
/// <param name="onlyLast">Whether only the newest position's output is read.</param>
sealed class GraphOperations(GraphBuilder graph, SasRecConfig config, string hidden, bool onlyLast) : IBlockOperations<string>
{
    public string Queries(string x) => onlyLast ? graph.Node("Slice", x, graph.Vector(-1), graph.Vector(long.MaxValue), graph.Vector(1)) : x;

    public string Norm(string x, string layer) => graph.Node(
        "LayerNormalization",
        [GraphBuilder.Attribute("axis", -1L), GraphBuilder.Attribute("epsilon", (float)SasRecBlock.LayerNormEpsilon)],
        x,
        TensorNames.Scale(layer),
        TensorNames.Shift(layer));

    public string Dense(string x, string layer) =>
        graph.Node("Add", graph.Node("MatMul", x, TensorNames.Weight(layer)), TensorNames.Bias(layer));

    public string Attention(string q, string k, string v)
    {
        var scale = graph.Scalar(1 / MathF.Sqrt(config.Width / config.Heads));
        var products = graph.Node("MatMul", Heads(q, 0, 2, 1, 3), Heads(k, 0, 2, 3, 1));
        var scores = graph.Node("Add", graph.Node("Mul", products, scale), hidden);
        var shares = graph.Node("Softmax", [GraphBuilder.Attribute("axis", -1L)], scores);
        var mixed = graph.Node("MatMul", shares, Heads(v, 0, 2, 1, 3));
        return graph.Node("Reshape", graph.Node("Transpose", [GraphBuilder.Attribute("perm", 0, 2, 1, 3)], mixed), graph.Vector(0, 0, config.Width));
    }

    public string Add(string x, string y) => graph.Node("Add", x, y);

    public string Relu(string x) => graph.Node("Relu", x);

    public string Drop(string x, DropoutSite site) => x;

    /// <summary>[batch, time, D] to [batch, Heads, ...] in the order asked for.</summary>
    string Heads(string x, params long[] order)
    {
        var split = graph.Node("Reshape", x, graph.Vector(0, 0, config.Heads, config.Width / config.Heads));
        return graph.Node("Transpose", [GraphBuilder.Attribute("perm", order)], split);
    }
}
