using System.Buffers;
using System.Text;
using System.Text.Json;

namespace SasRec.Trainer.Files;

/// <summary>Reads JSON: an object is a record, or holds an array of them that share what stands outside of it.</summary>
/// <param name="objects">The text.</param>
/// <param name="paths">The way to each field, null where there is none.</param>
/// <param name="item">The way to the item: its innermost array holds the records; without one an object is a record.</param>
sealed class JsonReader(JsonObjects objects, JsonPath?[] paths, JsonPath item) : RecordReader
{
    readonly ArrayBufferWriter<byte> text = new();
    readonly (int Start, int Length)[] fields = new (int, int)[paths.Length];
    readonly Queue<JsonElement[]> rows = new();
    JsonDocument? document;
    bool isEmpty;
    long emptyObjects;

    public override int FieldCount => paths.Length;

    public override ReadOnlySpan<byte> Field(int column) => text.WrittenSpan.Slice(fields[column].Start, fields[column].Length);

    public override RecordState Next()
    {
        while (rows.Count == 0)
        {
            var next = objects.Next(out var wrong);
            (Line, Lines, OtherLines) = (objects.Line, objects.Lines, objects.OtherLines + emptyObjects);
            if (next is not { } json)
            {
                return RecordState.End;
            }

            if (wrong is not null)
            {
                Wrong = wrong;
                return RecordState.Bad;
            }

            try
            {
                document?.Dispose();
                document = JsonDocument.Parse(json);
                if (document.RootElement.ValueKind != JsonValueKind.Object)
                {
                    Wrong = "the line must be a JSON object";
                    return RecordState.Bad;
                }

                isEmpty = false;
                Rows(document.RootElement, 0, new JsonElement[paths.Length]);
                if (rows.Count == 0 && !isEmpty)
                {
                    Wrong = $"the object has no '{item}'";
                    return RecordState.Bad;
                }

                emptyObjects += rows.Count == 0 ? 1 : 0;
            }
            catch (InvalidOperationException)
            {
                rows.Clear();
                Wrong = NotUnicode;
                return RecordState.Bad;
            }
            catch (JsonException e)
            {
                document = null;
                Wrong = $"the line is not JSON: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}";
                return RecordState.Bad;
            }
        }

        try
        {
            Take(rows.Dequeue());
            return RecordState.Record;
        }
        catch (InvalidOperationException)
        {
            // A string that is not UTF-8, or half of a surrogate pair.
            Wrong = NotUnicode;
            return RecordState.Bad;
        }
    }

    const string NotUnicode = "a name or a string is not well-formed Unicode; save the file as UTF-8, or name its encoding, such as --encoding latin1";

    /// <summary>Collects the records below an element that the first steps of the item's path lead to.</summary>
    void Rows(JsonElement element, int depth, JsonElement[] outer)
    {
        var known = (JsonElement[])outer.Clone();
        var array = item.Steps.Index().Skip(depth).FirstOrDefault(step => step.Item.IsArray, (Index: -1, Item: default)).Index;
        for (var column = 0; column < paths.Length; column++)
        {
            if (paths[column] is { } path && Shares(path, depth) && Along(element, path, depth, path.Steps.Count, out var value))
            {
                known[column] = value;
            }
        }

        if (array < 0)
        {
            rows.Enqueue(known);
            return;
        }

        if (!Along(element, item, depth, array + 1, out var elements, stopAtArray: true) || elements.ValueKind != JsonValueKind.Array)
        {
            return;
        }

        isEmpty |= elements.GetArrayLength() == 0;
        var place = 0;
        foreach (var one in elements.EnumerateArray())
        {
            if (array == item.Steps.Count - 1)
            {
                rows.Enqueue(Parallel(element, depth, known, one, place++));
            }
            else
            {
                Rows(one, array + 1, known);
            }
        }
    }

    /// <summary>A record of arrays side by side: items, and times at the same places.</summary>
    JsonElement[] Parallel(JsonElement element, int depth, JsonElement[] known, JsonElement itemId, int place)
    {
        var row = (JsonElement[])known.Clone();
        for (var column = 0; column < paths.Length; column++)
        {
            if (paths[column] is not { } path)
            {
                continue;
            }

            if (ReferenceEquals(path, item))
            {
                row[column] = itemId;
            }
            else if (path.Steps[^1].IsArray && Along(element, path, depth, path.Steps.Count, out var side, stopAtArray: true)
                && side.ValueKind == JsonValueKind.Array && place < side.GetArrayLength())
            {
                row[column] = side[place];
            }
        }

        return row;
    }

    /// <summary>Whether a path begins with the first steps of the item's.</summary>
    bool Shares(JsonPath path, int depth) =>
        path.Steps.Count > depth && path.Steps.Take(depth).SequenceEqual(item.Steps.Take(depth));

    static bool Along(JsonElement element, JsonPath path, int from, int to, out JsonElement value, bool stopAtArray = false)
    {
        value = element;
        for (var step = from; step < to; step++)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(path.Steps[step].Name, out value)
                || (path.Steps[step].IsArray && !(stopAtArray && step == to - 1)))
            {
                return false;
            }
        }

        return value.ValueKind != JsonValueKind.Undefined;
    }

    void Take(JsonElement[] row)
    {
        text.ResetWrittenCount();
        for (var column = 0; column < row.Length; column++)
        {
            var from = text.WrittenCount;
            var element = row[column];
            switch (element.ValueKind)
            {
                case JsonValueKind.String:
                    Encoding.UTF8.GetBytes(element.GetString()!, text);
                    break;
                case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False:
                    Encoding.UTF8.GetBytes(element.GetRawText(), text);
                    break;
            }

            fields[column] = (from, text.WrittenCount - from);
        }
    }

    public override void Dispose() => document?.Dispose();
}
