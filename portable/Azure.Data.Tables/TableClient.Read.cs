using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Entities;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

public partial class TableClient
{
    /// <summary>A filter with its values quoted.</summary>
    /// <exception cref="ArgumentException">A value is of a type that a filter cannot hold.</exception>
    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    /// <summary>Reads an entity; 404 ResourceNotFound if there is none.</summary>
    /// <param name="partitionKey">Its partition.</param>
    /// <param name="rowKey">Its key in the partition.</param>
    /// <param name="select">The properties to read; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Response<T>> GetEntityAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var response = await GetAsync(partitionKey, rowKey, select, 200, cancellationToken);
        return Response.FromValue(Read<T>(response), response);
    }

    /// <summary>Reads an entity, or says that there is none.</summary>
    /// <param name="partitionKey">Its partition.</param>
    /// <param name="rowKey">Its key in the partition.</param>
    /// <param name="select">The properties to read; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<NullableResponse<T>> GetEntityIfExistsAsync<T>(
        string partitionKey, string rowKey, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity
    {
        var response = await GetAsync(partitionKey, rowKey, select, 404, cancellationToken);
        return response.Status == 404 ? new NoEntity<T>(response) : Response.FromValue(Read<T>(response), response);
    }

    /// <summary>The entities that a filter selects, in the order of their keys; requests are made as they are enumerated.</summary>
    /// <param name="filter">An OData filter, as <see cref="CreateQueryFilter"/> makes it; null for all.</param>
    /// <param name="maxPerPage">At most how many a request brings, 1 to 1,000.</param>
    /// <param name="select">The properties to read; null for all.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public AsyncPageable<T> QueryAsync<T>(
        string? filter = null, int? maxPerPage = null, IEnumerable<string>? select = null, CancellationToken cancellationToken = default)
        where T : class, ITableEntity =>
        new QueryPages<T>(pipeline, Name, filter, maxPerPage, Join(select), cancellationToken);

    static string? Join(IEnumerable<string>? select) => select is null ? null : string.Join(',', select);

    static T Read<T>(Response response) where T : class, ITableEntity
    {
        var reader = new Utf8JsonReader(response.Content.ToMemory().Span);
        reader.Read();
        return (T)EntityCodec.For(typeof(T)).Read(ref reader);
    }

    async Task<Response> GetAsync(
        string partitionKey, string rowKey, IEnumerable<string>? select, int awaited, CancellationToken cancellationToken)
    {
        var properties = Join(select);
        var query = string.IsNullOrEmpty(properties) ? "" : $"?$select={Uri.EscapeDataString(properties)}";
        using var message = pipeline.Request(RequestMethod.Get, EntityAt(partitionKey, rowKey) + query);
        return await pipeline.SendAsync(message, awaited, cancellationToken);
    }

    sealed class NoEntity<T>(Response response) : NullableResponse<T>
    {
        public override bool HasValue => false;

        public override T Value => throw new InvalidOperationException("The entity does not exist: ask HasValue first.");

        public override Response GetRawResponse() => response;
    }
}
