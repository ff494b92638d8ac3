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
                Entry(json, tensor.Name, tensor.IsVector ? [tensor.Columns] : [tensor.Rows, tensor.Columns], tensor.Offset, tensor.Length);
            }

            if (ItemBias is not null)
            {
                Entry(json, TensorNames.ItemBias, [ItemCount], Values.Length, ItemCount);
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

        stream.Write(MemoryMarshal.AsBytes(ItemBias.AsSpan()));

        static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

        static void Entry(Utf8JsonWriter json, string name, ReadOnlySpan<int> shape, long offset, long length)
        {
            json.WriteStartObject(name);
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (var size in shape)
            {
                json.WriteNumberValue(size);
            }

            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(4 * offset);
            json.WriteNumberValue(4 * (offset + length));
            json.WriteEndArray();
            json.WriteEndObject();
        }
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
                Expect(json.RootElement.GetProperty(tensor.Name), tensor.Name, tensor.Offset, tensor.Length);
            }

            var biased = json.RootElement.TryGetProperty(TensorNames.ItemBias, out var bias);
            if (biased)
            {
                Expect(bias, TensorNames.ItemBias, weights.Values.Length, weights.ItemCount);
            }

            for (var start = 0; start < weights.Values.Length; start += 1 << 20)
            {
                stream.ReadExactly(MemoryMarshal.AsBytes(weights.Values.AsSpan(start, Math.Min(1 << 20, weights.Values.Length - start))));
            }

            var biases = new float[biased ? weights.ItemCount : 0];
            stream.ReadExactly(MemoryMarshal.AsBytes(biases.AsSpan()));
            return biased ? weights.WithItemBias(biases) : weights;

            int Number(string name) => int.Parse(metadata.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or FormatException or EndOfStreamException
            or ArgumentException or InvalidOperationException)
        {
            throw new InvalidDataException($"These are no SASRec weights: {error.Message}", error);
        }

        static void Expect(JsonElement entry, string name, long offset, long length)
        {
            var offsets = entry.GetProperty("data_offsets");
            if (offsets[0].GetInt64() != 4 * offset || offsets[1].GetInt64() != 4 * (offset + length))
            {
                throw new InvalidDataException($"The tensor {name} does not lie where this network has it.");
            }
        }
    }
}
