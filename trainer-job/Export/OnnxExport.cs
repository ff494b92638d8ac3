using System.Globalization;
using Google.Protobuf;
using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Trainer.Export.Onnx;

namespace SasRec.Trainer.Export;

/// <summary>Writes a network as ONNX, opset 17.</summary>
/// <remarks>
/// Inputs and outputs are those of <see cref="ModelFormat"/>. The last block computes the last position alone.
/// </remarks>
public static class OnnxExport
{
    const int Opset = 17;

    /// <summary>The ONNX file format of opset 17.</summary>
    const int FormatVersion = 8;

    /// <summary>What is added to the score of a key that must not be seen.</summary>
    const float Hidden = -1e9f;

    /// <summary>Writes the file.</summary>
    /// <param name="weights">The network.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    public static void Write(SasRecWeights weights, string path) => Write(weights, path, withItems: true);

    /// <summary>Writes the network without its item table: embeddings come in, the state goes out (<see cref="ModelFormat.Embeddings"/>).</summary>
    /// <param name="weights">The network.</param>
    /// <param name="path">The file; replaced if it exists.</param>
    public static void WriteEncoder(SasRecWeights weights, string path) => Write(weights, path, withItems: false);

    static void Write(SasRecWeights weights, string path, bool withItems)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var model = new ModelProto
        {
            IrVersion = FormatVersion,
            ProducerName = "SasRec.Serverless",
            ProducerVersion = ProductVersion.Text,
            Graph = Build(weights, withItems),
            OpsetImport = { new OperatorSetIdProto { Version = Opset } },
        };
        using var stream = File.Create(path);
        model.WriteTo(stream);
    }

    static GraphProto Build(SasRecWeights weights, bool withItems)
    {
        var config = weights.Config;
        var graph = new GraphBuilder("sasrec");
        var items = graph.Input(ModelFormat.Items, TensorProto.Types.DataType.Int64, "batch", "time");
        foreach (var tensor in weights.Tensors.Where(tensor => withItems || tensor.Name != TensorNames.ItemEmbedding))
        {
            ReadOnlySpan<int> shape = tensor.IsVector ? [tensor.Columns] : [tensor.Rows, tensor.Columns];
            graph.Weight(tensor.Name, weights[tensor.Name], shape);
        }

        var time = graph.Node("Gather", graph.Node("Shape", items), graph.Scalar(1L));
        var embeddings = withItems ? Rows(graph, items)
            : graph.Input(ModelFormat.Embeddings, TensorProto.Types.DataType.Float, "batch", "time", Text(config.Width));
        var x = Embed(graph, embeddings, time, config);

        // Keys that are padding are hidden from every query: [batch, 1, 1, time].
        var padding = graph.Node("Equal", items, graph.Scalar(ModelFormat.Padding));
        var hidden = graph.Node("Unsqueeze", graph.Node("Where", padding, graph.Scalar(Hidden), graph.Scalar(0f)), graph.Vector(1, 2));
        var causal = config.Blocks > 1 ? graph.Node("Add", hidden, Future(graph, time)) : hidden;
        for (var b = 0; b < config.Blocks; b++)
        {
            var last = b == config.Blocks - 1;
            x = SasRecBlock.Apply(new GraphOperations(graph, config, last ? hidden : causal, last), TensorNames.Block(b), x);
        }

        var state = graph.Node("Squeeze", new GraphOperations(graph, config, hidden, onlyLast: true).Norm(x, TensorNames.FinalNorm), graph.Vector(1));
        if (!withItems)
        {
            graph.Output(ModelFormat.State, state, "batch", Text(config.Width));
            return graph.Graph;
        }

        string[] product = [state, TensorNames.ItemEmbedding];
        if (weights.ItemBias is { } bias)
        {
            product = [.. product, graph.Weight(TensorNames.ItemBias, bias, [bias.Length])];
        }

        var scores = graph.Node("Gemm", [GraphBuilder.Attribute("transB", 1L)], product);
        graph.Output(ModelFormat.Scores, scores, "batch", Text(weights.ItemCount));
        graph.Output(ModelFormat.State, state, "batch", Text(config.Width));
        graph.Output(ModelFormat.ItemEmbeddings, TensorNames.ItemEmbedding, Text(weights.ItemCount), Text(config.Width));
        return graph.Graph;
    }

    /// <summary>Embeddings of tokens, [batch, time, D]. A padding token takes item 0, which nothing sees.</summary>
    static string Rows(GraphBuilder graph, string items)
    {
        var index = graph.Node("Max", graph.Node("Sub", items, graph.Scalar(ModelFormat.Token(0))), graph.Scalar(0L));
        return graph.Node("Gather", TensorNames.ItemEmbedding, index);
    }

    /// <summary>sqrt(D) item + position [batch, time, D]; the newest position is row 0.</summary>
    static string Embed(GraphBuilder graph, string embeddings, string time, SasRecConfig config)
    {
        var scaled = graph.Node("Mul", embeddings, graph.Scalar(MathF.Sqrt(config.Width)));
        var rows = graph.Node("Sub", graph.Node("Sub", time, graph.Scalar(1L)), Steps(graph, time));
        return graph.Node("Add", scaled, graph.Node("Gather", TensorNames.PositionEmbedding, rows));
    }

    /// <summary>Hides keys that are later than the query: [time, time].</summary>
    static string Future(GraphBuilder graph, string time)
    {
        var steps = Steps(graph, time);
        var query = graph.Node("Unsqueeze", steps, graph.Vector(1));
        return graph.Node("Where", graph.Node("Greater", steps, query), graph.Scalar(Hidden), graph.Scalar(0f));
    }

    /// <summary>0, 1, ... [time].</summary>
    static string Steps(GraphBuilder graph, string time) => graph.Node("Range", graph.Scalar(0L), time, graph.Scalar(1L));

    static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
