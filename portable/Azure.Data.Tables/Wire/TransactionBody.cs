using System.Text.Json;
using Azure.Data.Tables.Entities;

namespace Azure.Data.Tables.Wire;

/// <summary>Writes the <c>$batch</c> body of a transaction: one change set, each action an HTTP request in a part of its own.</summary>
sealed class TransactionBody
{
    const int TypicalEntity = 640;

    readonly string batch = $"batch_{Guid.NewGuid()}";
    readonly string changeSet = $"changeset_{Guid.NewGuid()}";

    public string ContentType => $"multipart/mixed; boundary={batch}";

    /// <param name="tableAddress">The table's absolute address.</param>
    /// <param name="actions">What to do, in order.</param>
    public PooledBuffer Write(string tableAddress, IReadOnlyCollection<TableTransactionAction> actions)
    {
        var buffer = new PooledBuffer(actions.Count * TypicalEntity + 512);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        buffer.Append($"--{batch}\r\nContent-Type: multipart/mixed; boundary={changeSet}\r\n\r\n");
        foreach (var action in actions)
        {
            buffer.Append($"--{changeSet}\r\n");
            buffer.Append("Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"u8);
            Append(buffer, json, tableAddress, action);
        }

        buffer.Append($"--{changeSet}--\r\n--{batch}--\r\n");
        return buffer;
    }

    static void Append(PooledBuffer buffer, Utf8JsonWriter json, string tableAddress, TableTransactionAction action)
    {
        buffer.Append(Verb(action.ActionType));
        buffer.Append(tableAddress);
        if (action.ActionType != TableTransactionActionType.Add)
        {
            buffer.Append(EntityAddress.Key(action.Entity.PartitionKey, action.Entity.RowKey));
        }

        buffer.Append(" HTTP/1.1\r\nAccept: application/json;odata=minimalmetadata\r\nDataServiceVersion: 3.0;\r\n"u8);
        if (Condition(action) is { } condition)
        {
            buffer.Append($"If-Match: {condition}\r\n");
        }

        if (action.ActionType == TableTransactionActionType.Delete)
        {
            buffer.Append("\r\n\r\n"u8);
            return;
        }

        if (action.ActionType == TableTransactionActionType.Add)
        {
            buffer.Append("Prefer: return-no-content\r\n"u8);
        }

        buffer.Append("Content-Type: application/json;odata=nometadata\r\n\r\n"u8);
        EntityCodec.For(action.Entity.GetType()).Write(json, action.Entity);
        json.Flush();
        json.Reset();
        buffer.Append("\r\n"u8);
    }

    static ReadOnlySpan<byte> Verb(TableTransactionActionType type) => type switch
    {
        TableTransactionActionType.Add => "POST "u8,
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpsertMerge => "PATCH "u8,
        TableTransactionActionType.UpdateReplace or TableTransactionActionType.UpsertReplace => "PUT "u8,
        TableTransactionActionType.Delete => "DELETE "u8,
        _ => throw new InvalidOperationException($"{type} is not a kind of action."),
    };

    static string? Condition(TableTransactionAction action) => action.ActionType switch
    {
        TableTransactionActionType.Delete => (action.ETag == default ? ETag.All : action.ETag).ToString(),
        TableTransactionActionType.UpdateMerge or TableTransactionActionType.UpdateReplace when action.ETag != default =>
            action.ETag.ToString(),
        _ => null,
    };
}
