using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SasRec.Core.Model;

/// <content>Reading and writing as safetensors: 8 bytes of header length, a JSON header, little-endian float32 values.</content>
public sealed partial class SasRecWeights
{
    const int MaxHeaderBytes = 1 << 20;

    /// <summary>Writes all tensors, with the network's shape as metadata.</summary>
    /// <param name="stream">Where to.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var header = new MemoryStream();
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("width", Text(Config.Width));
            json.WriteString("blocks", Text(Config.Blocks));
            json.WriteString("heads", Text(Config.Heads));
            json.WriteString("max_length", Text(Config.MaxLength));
            json.WriteString("items", Text(ItemCount));
            json.WriteEndObject();
            foreach (var tensor in Tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                if (!tensor.IsVector)
                {
                    json.WriteNumberValue(tensor.Rows);
                }

                json.WriteNumberValue(tensor.Columns);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(4L * tensor.Offset);
                json.WriteNumberValue(4L * (tensor.Offset + tensor.Length));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        // The format asks for values that start at a multiple of eight; spaces may fill the header.
        var padded = (header.Length + 7) / 8 * 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, padded);
        stream.Write(length);
        stream.Write(header.GetBuffer().AsSpan(0, (int)header.Length));
        for (var i = header.Length; i < padded; i++)
        {
            stream.WriteByte((byte)' ');
        }

        for (var start = 0; start < Values.Length; start += 1 << 20)
        {
            stream.Write(MemoryMarshal.AsBytes(Values.AsSpan(start, Math.Min(1 << 20, Values.Length - start))));
        }

        static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="stream">Where from.</param>
    /// <exception cref="InvalidDataException">It is no safetensors file of a SASRec network, or is cut short.</exception>
    public static SasRecWeights Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            Span<byte> length = stackalloc byte[8];
            stream.ReadExactly(length);
            var headerBytes = BinaryPrimitives.ReadInt64LittleEndian(length);
            if (headerBytes is < 2 or > MaxHeaderBytes)
            {
                throw new InvalidDataException($"The safetensors header says {headerBytes} bytes; 2 to {MaxHeaderBytes} are allowed.");
            }

            var header = new byte[headerBytes];
            stream.ReadExactly(header);
            using var json = JsonDocument.Parse(header);
            var metadata = json.RootElement.GetProperty("__metadata__");
            var config = new SasRecConfig
            {
                Width = Number("width"),
                Blocks = Number("blocks"),
                Heads = Number("heads"),
                MaxLength = Number("max_length"),
            };
            var weights = new SasRecWeights(config, Number("items"));
            foreach (var tensor in weights.Tensors)
            {
                var offsets = json.RootElement.GetProperty(tensor.Name).GetProperty("data_offsets");
                if (offsets[0].GetInt64() != 4L * tensor.Offset || offsets[1].GetInt64() != 4L * (tensor.Offset + tensor.Length))
                {
                    throw new InvalidDataException($"The tensor {tensor.Name} does not lie where this network has it.");
                }
            }

            for (var start = 0; start < weights.Values.Length; start += 1 << 20)
            {
                stream.ReadExactly(MemoryMarshal.AsBytes(weights.Values.AsSpan(start, Math.Min(1 << 20, weights.Values.Length - start))));
            }

            return weights;

            int Number(string name) => int.Parse(metadata.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or EndOfStreamException
            or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"These are no SASRec weights: {error.Message}", error);
        }
    }
}
