using System.Runtime.InteropServices;
using Google.Protobuf;
using SasRec.Trainer.Export.Onnx;

namespace SasRec.Trainer.Export;

/// <summary>Builds an ONNX graph node by node; every method returns the name of the value it adds.</summary>
sealed class GraphBuilder(string name)
{
    int values;

    public GraphProto Graph { get; } = new() { Name = name };

    public string Input(string input, TensorProto.Types.DataType type, params ReadOnlySpan<string> dimensions)
    {
        Graph.Input.Add(Value(input, type, dimensions));
        return input;
    }

    /// <summary>Makes a value an output under a name of its own.</summary>
    public void Output(string output, string value, params ReadOnlySpan<string> dimensions)
    {
        Graph.Node.Add(new NodeProto { OpType = "Identity", Name = output, Input = { value }, Output = { output } });
        Graph.Output.Add(Value(output, TensorProto.Types.DataType.Float, dimensions));
    }

    public string Weight(string weight, ReadOnlySpan<float> data, params ReadOnlySpan<int> shape)
    {
        Add(weight, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(data), shape);
        return weight;
    }

    /// <summary>A float scalar.</summary>
    public string Scalar(float value)
    {
        var constant = Next("constant");
        Add(constant, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes([value]), []);
        return constant;
    }

    /// <summary>An integer scalar.</summary>
    public string Scalar(long value)
    {
        var constant = Next("constant");
        Add(constant, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes([value]), []);
        return constant;
    }

    /// <summary>A vector of integers.</summary>
    public string Vector(params ReadOnlySpan<long> data)
    {
        var constant = Next("constant");
        Add(constant, TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(data), [data.Length]);
        return constant;
    }

    public string Node(string operation, params ReadOnlySpan<string> inputs) => Node(operation, [], inputs);

    public string Node(string operation, IEnumerable<AttributeProto> attributes, params ReadOnlySpan<string> inputs)
    {
        var output = Next(operation);
        var node = new NodeProto { OpType = operation, Name = output, Output = { output } };
        foreach (var input in inputs)
        {
            node.Input.Add(input);
        }

        node.Attribute.AddRange(attributes);
        Graph.Node.Add(node);
        return output;
    }

    public static AttributeProto Attribute(string attribute, long value) =>
        new() { Name = attribute, I = value, Type = AttributeProto.Types.AttributeType.Int };

    public static AttributeProto Attribute(string attribute, float value) =>
        new() { Name = attribute, F = value, Type = AttributeProto.Types.AttributeType.Float };

    public static AttributeProto Attribute(string attribute, params long[] values) =>
        new() { Name = attribute, Ints = { values }, Type = AttributeProto.Types.AttributeType.Ints };

    string Next(string kind) => $"{kind}_{values++}";

    void Add(string tensor, TensorProto.Types.DataType type, ReadOnlySpan<byte> bytes, ReadOnlySpan<int> shape)
    {
        var proto = new TensorProto { Name = tensor, DataType = (int)type, RawData = ByteString.CopyFrom(bytes) };
        foreach (var dimension in shape)
        {
            proto.Dims.Add(dimension);
        }

        Graph.Initializer.Add(proto);
    }

    /// <summary>A dimension that is a number is fixed, any other name is open.</summary>
    static ValueInfoProto Value(string value, TensorProto.Types.DataType type, ReadOnlySpan<string> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(long.TryParse(dimension, out var size)
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = dimension });
        }

        return new ValueInfoProto
        {
            Name = value,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }
}
