using System.Runtime.InteropServices;
using System.Text;
using SasRec.Core.Contracts;

namespace SasRec.Functions.Tests.Serve;

/// <summary>Writes a network whose answers a test knows beforehand: the scores after a history are a table's row for its last item.</summary>
/// <remarks>ONNX in protocol-buffer wire format, with the field numbers of onnx.proto.</remarks>
static class TestNetwork
{
    const int Float = 1, Int64 = 7;

    /// <param name="afterLast">[V, V]: row i are the scores after a history that ends with item i.</param>
    /// <param name="embeddings">[V, D].</param>
    /// <param name="states">[V, D]: the state after a history that ends with an item; null for a network that does not tell it.</param>
    public static byte[] Onnx(float[,] afterLast, float[,] embeddings, float[,]? states = null)
    {
        return Message(
            Number(1, 8),
            Field(8, Message(Number(2, 17))),
            Field(7, Message(
            [
                Field(1, Node("Gather", ModelFormat.Items, "newest", "last", Axis(1))),
                Field(1, Node("Gather", "table", "last", ModelFormat.Scores, Axis(0))),
                Field(1, Node("Identity", "embeddings", null, ModelFormat.ItemEmbeddings)),
                Text(2, "test"),
                Field(5, Message(Number(2, Int64), Text(8, "newest"), Field(9, BitConverter.GetBytes(-1L)))),
                Field(5, Matrix("table", Padded(afterLast))),
                .. States(states),
                Field(5, Matrix("embeddings", embeddings)),
                Field(11, Value(ModelFormat.Items, Int64, "batch", "time")),
                Field(12, Value(ModelFormat.Scores, Float, "batch", afterLast.GetLength(1))),
                Field(12, Value(ModelFormat.ItemEmbeddings, Float, embeddings.GetLength(0), embeddings.GetLength(1))),
            ])));
    }

    static byte[][] States(float[,]? states) => states is null ? [] :
    [
        Field(1, Node("Gather", "states", "last", ModelFormat.State, Axis(0))),
        Field(5, Matrix("states", Padded(states))),
        Field(12, Value(ModelFormat.State, Float, "batch", states.GetLength(1))),
    ];

    /// <summary>The same table behind a row of zeros, which belongs to the padding token.</summary>
    static float[,] Padded(float[,] table)
    {
        var padded = new float[table.GetLength(0) + 1, table.GetLength(1)];
        Buffer.BlockCopy(table, 0, padded, table.GetLength(1) * sizeof(float), Buffer.ByteLength(table));
        return padded;
    }

    static byte[] Node(string type, string input, string? second, string output, params byte[][] attributes) => Message(
    [
        Text(1, input), second is null ? [] : Text(1, second), Text(2, output), Text(4, type), .. attributes,
    ]);

    static byte[] Axis(int axis) => Field(5, Message(Text(1, "axis"), Number(3, axis), Number(20, 2)));

    static byte[] Matrix(string name, float[,] values) => Message(
        Number(1, values.GetLength(0)),
        Number(1, values.GetLength(1)),
        Number(2, Float),
        Text(8, name),
        Field(9, MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref values[0, 0], values.Length)).ToArray()));

    static byte[] Value(string name, int type, params object[] dimensions) => Message(
        Text(1, name),
        Field(2, Message(Field(1, Message(
            Number(1, type),
            Field(2, Message([.. dimensions.Select(d => Field(1, d is int size ? Number(1, size) : Text(2, (string)d)))])))))));

    static byte[] Message(params byte[][] fields) => [.. fields.SelectMany(f => f)];

    static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    static byte[] Field(int field, byte[] content) => [.. Varint(field << 3 | 2), .. Varint(content.Length), .. content];

    static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    static List<byte> Varint(long value)
    {
        var bytes = new List<byte>();
        var rest = (ulong)value;
        for (; rest > 127; rest >>= 7)
        {
            bytes.Add((byte)(rest | 128));
        }

        bytes.Add((byte)rest);
        return bytes;
    }
}
