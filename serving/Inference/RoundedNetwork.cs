using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using SasRec.Core.Contracts;
using SasRec.Core.Model;

namespace SasRec.Serving.Inference;

/// <summary>A network whose item table is in 8 bits: ONNX Runtime makes the state of a history, <see cref="RoundedItemTable"/> the scores.</summary>
/// <remarks>A million items of width 64 are 64 MB to read for a request, and not 256.</remarks>
sealed class RoundedNetwork : INetwork
{
    static readonly string[] Inputs = [ModelFormat.Items, ModelFormat.Embeddings], Outputs = [ModelFormat.State];

    readonly InferenceSession session;
    readonly RoundedItemTable table;
    readonly RunOptions run = new();

    /// <summary>Loads the encoder and checks its inputs and outputs.</summary>
    /// <param name="encoder">The ONNX file.</param>
    /// <param name="table">The items.</param>
    /// <param name="itemCount">V.</param>
    /// <exception cref="InvalidDataException">They are no network over V items; the message says why.</exception>
    /// <exception cref="OnnxRuntimeException">ONNX Runtime refuses the file.</exception>
    public RoundedNetwork(string encoder, RoundedItemTable table, int itemCount)
    {
        if (table.ItemCount != itemCount)
        {
            throw new InvalidDataException($"The item table has {table.ItemCount} items; the model has {itemCount}.");
        }

        this.table = table;
        using var options = OnnxNetwork.Options();
        session = new InferenceSession(encoder, options);
        try
        {
            Check(session.InputMetadata, ModelFormat.Embeddings, dimensions: 3);
            Check(session.OutputMetadata, ModelFormat.State, dimensions: 2);
            Bytes = table.Bytes + new FileInfo(encoder).Length;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public int Width => table.Width;

    public bool TellsState => true;

    public long Bytes { get; }

    public void Score(ScoreBuffers buffers, int length)
    {
        Encode(buffers.Tokens.AsMemory(0, length), buffers.State, 1);
        table.Score(buffers.State, buffers.Scores);
    }

    public void Score(Memory<long> tokens, Memory<float> scores, Memory<float> states, int count)
    {
        states = states.IsEmpty ? new float[count * Width] : states;
        Encode(tokens, states, count);
        for (var row = 0; row < count; row++)
        {
            table.Score(states.Span.Slice(row * Width, Width), scores.Span.Slice(row * table.ItemCount, table.ItemCount));
        }
    }

    public void Embedding(int item, Span<float> embedding) => table.Embedding(item, embedding);

    public void Cosines(ReadOnlySpan<float> direction, Span<float> cosines) => table.Cosines(direction, cosines);

    public void Dispose()
    {
        run.Dispose();
        session.Dispose();
    }

    void Encode(Memory<long> tokens, Memory<float> states, int count)
    {
        var rented = ArrayPool<float>.Shared.Rent(tokens.Length * Width);
        try
        {
            var embeddings = rented.AsMemory(0, tokens.Length * Width);
            for (var i = 0; i < tokens.Length; i++)
            {
                var item = ModelFormat.Item(tokens.Span[i]);
                var row = embeddings.Span.Slice(i * Width, Width);
                if (item < 0)
                {
                    row.Clear();
                }
                else
                {
                    table.Embedding(item, row);
                }
            }

            var time = tokens.Length / count;
            using var items = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, tokens, [count, time]);
            using var rows = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, embeddings, [count, time, Width]);
            using var state = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, states, [count, Width]);
            session.Run(run, Inputs, [items, rows], Outputs, [state]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    void Check(IReadOnlyDictionary<string, NodeMetadata> nodes, string name, int dimensions)
    {
        if (!nodes.TryGetValue(name, out var node) || node.ElementType != typeof(float) || node.Dimensions.Length != dimensions || node.Dimensions[^1] != Width)
        {
            throw new InvalidDataException($"The encoder must have '{name}', of {dimensions} dimensions, the last of {Width}.");
        }
    }
}
