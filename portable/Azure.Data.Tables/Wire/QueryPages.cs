using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Entities;

namespace Azure.Data.Tables.Wire;

/// <summary>The entities that a filter selects, page by page as the service gives them.</summary>
sealed class QueryPages<T>(
    TablePipeline pipeline, string table, string? filter, int? maxPerPage, string? select, CancellationToken cancellation)
    : AsyncPageable<T>(cancellation) where T : class, ITableEntity
{
    readonly EntityCodec codec = EntityCodec.For(typeof(T));

    public override IAsyncEnumerable<Page<T>> AsPages(string? continuationToken = null, int? pageSizeHint = null) =>
        PagesAsync(continuationToken, pageSizeHint ?? maxPerPage, CancellationToken);

    async IAsyncEnumerable<Page<T>> PagesAsync(string? continuation, int? size, [EnumeratorCancellation] CancellationToken cancellation)
    {
        do
        {
            using var message = pipeline.Request(RequestMethod.Get, Address(continuation, size));
            var response = await pipeline.SendAsync(message, cancellation);
            continuation = Continuation(response);
            // A page may be empty and yet have a successor: only the headers say where the end is.
            yield return Page<T>.FromValues(Read(response.Content.ToMemory().Span), continuation, response);
        }
        while (continuation is not null);
    }

    string Address(string? continuation, int? size)
    {
        var address = new StringBuilder(table).Append("()");
        Add("$filter", filter);
        Add("$select", select);
        Add("$top", size?.ToString(CultureInfo.InvariantCulture));
        if (continuation is not null)
        {
            var space = continuation.IndexOf(' ', StringComparison.Ordinal);
            Add("NextPartitionKey", space < 0 ? continuation : continuation[..space]);
            Add("NextRowKey", space < 0 ? null : continuation[(space + 1)..]);
        }

        return address.ToString();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                var first = address[^1] == ')';
                address.Append(first ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
    }

    static string? Continuation(Response response)
    {
        response.Headers.TryGetValue("x-ms-continuation-NextPartitionKey", out var partition);
        response.Headers.TryGetValue("x-ms-continuation-NextRowKey", out var row);
        return partition is null && row is null ? null : $"{partition} {row}";
    }

    List<T> Read(ReadOnlySpan<byte> body)
    {
        var entities = new List<T>();
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isValue = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (!isValue)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                entities.Add((T)codec.Read(ref reader));
            }
        }

        return entities;
    }
}
