using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using SasRec.Core.Contracts;

namespace SasRec.Serving.Inference;

/// <summary>An exported network in ONNX Runtime. Its inputs and outputs are checked when it is loaded.</summary>
/// <remarks>T is the length of a history, V the number of items of the model, D the width of an embedding.</remarks>
sealed class OnnxNetwork : INetwork
{
    static readonly string[] Inputs = [ModelFormat.Items], ScoresOnly = [ModelFormat.Scores], ScoresAndState = [ModelFormat.Scores, ModelFormat.State],
        EmbeddingsOnly = [ModelFormat.ItemEmbeddings];

    readonly InferenceSession session;
    readonly RunOptions run = new();
    readonly float[] directions; // [V, D]: item embeddings of length 1

    /// <summary>Loads a network and checks its inputs and outputs.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="itemCount">V.</param>
    /// <exception cref="InvalidDataException">It is not a network over V items; the message says why.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime refuses the file.</exception>
    public OnnxNetwork(string path, int itemCount)
    {
        using var options = Options();
        session = new InferenceSession(path, options);
        try
        {
            Check(session.InputMetadata, ModelFormat.Items, typeof(long), -1);
            Check(session.OutputMetadata, ModelFormat.Scores, typeof(float), itemCount);
            Check(session.OutputMetadata, ModelFormat.ItemEmbeddings, typeof(float), -1);
            (directions, Width) = ItemDirections();
            if (directions.Length != (long)itemCount * Width)
            {
                throw new InvalidDataException($"The network embeds {directions.Length / Width} items; the model has {itemCount}.");
            }

            Bytes = new FileInfo(path).Length + ((long)directions.Length * sizeof(float));
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public int Width { get; }

    public bool TellsState => session.OutputMetadata.ContainsKey(ModelFormat.State);

    public long Bytes { get; }

    public void Score(ScoreBuffers buffers, int length)
    {
        using var items = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, buffers.Tokens.AsMemory(0, length), [1, length]);
        session.Run(run, Inputs, [items], buffers.Output.Length == 1 ? ScoresOnly : ScoresAndState, buffers.Output);
    }

    public void Score(Memory<long> tokens, Memory<float> scores, Memory<float> states, int count)
    {
        using var items = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, tokens, [count, tokens.Length / count]);
        using var output = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, scores, [count, scores.Length / count]);
        if (states.IsEmpty)
        {
            session.Run(run, Inputs, [items], ScoresOnly, [output]);
            return;
        }

        using var state = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, states, [count, states.Length / count]);
        session.Run(run, Inputs, [items], ScoresAndState, [output, state]);
    }

    /// <summary>An item's embedding, scaled to length 1.</summary>
    public void Embedding(int item, Span<float> embedding) => directions.AsSpan(item * Width, Width).CopyTo(embedding);

    public void Cosines(ReadOnlySpan<float> direction, Span<float> cosines)
    {
        for (var item = 0; item * Width < directions.Length; item++)
        {
            cosines[item] = TensorPrimitives.Dot(direction, directions.AsSpan(item * Width, Width));
        }
    }

    public void Dispose()
    {
        run.Dispose();
        session.Dispose();
    }

    /// <summary>The options of every session.</summary>
    public static SessionOptions Options()
    {
        // Requests run beside each other, so each keeps to its own thread; the arena and memory patterns would hold on to the
        // memory of the longest history for good.
        var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            EnableCpuMemArena = false,
            EnableMemoryPattern = false,
        };
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }

    static void Check(IReadOnlyDictionary<string, NodeMetadata> nodes, string name, Type type, int columns)
    {
        if (!nodes.TryGetValue(name, out var node) || node.ElementType != type || node.Dimensions.Length != 2)
        {
            throw new InvalidDataException($"The network must have '{name}', a matrix of {type.Name}.");
        }

        if (columns >= 0 && node.Dimensions[1] >= 0 && node.Dimensions[1] != columns)
        {
            throw new InvalidDataException($"The network's '{name}' has {node.Dimensions[1]} columns; the model has {columns} items.");
        }
    }

    /// <summary>The item embeddings, each scaled to length 1, so that a dot product is a cosine; and their width.</summary>
    (float[] Directions, int Width) ItemDirections()
    {
        using var items = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, new long[] { 1 }.AsMemory(), [1, 1]);
        using var outputs = session.Run(run, Inputs, [items], EmbeddingsOnly);
        var embeddings = outputs[0].GetTensorDataAsSpan<float>();
        var width = (int)outputs[0].GetTensorTypeAndShape().Shape[1];
        var scaled = new float[embeddings.Length];
        for (var start = 0; start < scaled.Length; start += width)
        {
            var embedding = embeddings.Slice(start, width);
            TensorPrimitives.Divide(embedding, MathF.Max(TensorPrimitives.Norm(embedding), float.Epsilon), scaled.AsSpan(start, width));
        }

        return (scaled, width);
    }
}
