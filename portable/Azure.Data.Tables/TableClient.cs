using System.Text.Json;
using Azure.Core;
using Azure.Data.Tables.Entities;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>One table. Thread-safe; made by <see cref="TableServiceClient.GetTableClient"/>.</summary>
/// <remarks>Methods throw <see cref="RequestFailedException"/> with the service's status and error code when it refuses.</remarks>
public partial class TableClient
{
    readonly TablePipeline pipeline;

    internal TableClient(TablePipeline pipeline, string name) => (this.pipeline, Name) = (pipeline, name);

    /// <summary>The table's name.</summary>
    public string Name { get; }

    /// <summary>The account's name.</summary>
    public string AccountName => pipeline.AccountName;

    /// <summary>The table's address.</summary>
    public Uri Uri => new(Address);

    string Address => $"{pipeline.Endpoint}/{Name}";

    /// <summary>Creates the table unless it exists; the raw response has status 409 if it did.</summary>
    public Task<Response<TableItem>> CreateIfNotExistsAsync(CancellationToken cancellationToken = default) =>
        new TableServiceClient(pipeline).CreateTableIfNotExistsAsync(Name, cancellationToken);

    /// <summary>Inserts an entity; 409 EntityAlreadyExists if its key is taken.</summary>
    public async Task<Response> AddEntityAsync<T>(T entity, CancellationToken cancellationToken = default) where T : ITableEntity
    {
        Require(entity);
        using var message = pipeline.Request(RequestMethod.Post, Name);
        message.Request.Headers.Add("Prefer", "return-no-content");
        return await SendAsync(message, entity, cancellationToken);
    }

    /// <summary>Inserts an entity, or merges it into the stored one or replaces that.</summary>
    public async Task<Response> UpsertEntityAsync<T>(
        T entity, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default) where T : ITableEntity
    {
        Require(entity);
        using var message = pipeline.Request(Verb(mode), EntityAt(entity.PartitionKey, entity.RowKey));
        return await SendAsync(message, entity, cancellationToken);
    }

    /// <summary>Changes an entity that exists; 404 ResourceNotFound if it does not, 412 if its version is another.</summary>
    /// <param name="entity">The entity.</param>
    /// <param name="ifMatch">The version that must be stored; <see cref="ETag.All"/> for any.</param>
    /// <param name="mode">Whether stored properties that the entity does not name stay.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Response> UpdateEntityAsync<T>(
        T entity, ETag ifMatch, TableUpdateMode mode = TableUpdateMode.Merge, CancellationToken cancellationToken = default)
        where T : ITableEntity
    {
        Require(entity);
        if (ifMatch == default)
        {
            throw new ArgumentException("An update needs a version: ETag.All for any.", nameof(ifMatch));
        }

        using var message = pipeline.Request(Verb(mode), EntityAt(entity.PartitionKey, entity.RowKey));
        message.Request.Headers.Add(HttpHeader.Names.IfMatch, ifMatch.ToString());
        return await SendAsync(message, entity, cancellationToken);
    }

    /// <summary>Deletes an entity; status 404 if there was none, 412 thrown if its version is another.</summary>
    /// <param name="partitionKey">Its partition.</param>
    /// <param name="rowKey">Its key in the partition.</param>
    /// <param name="ifMatch">The version that must be stored; <c>default</c> for any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Response> DeleteEntityAsync(
        string partitionKey, string rowKey, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        using var message = pipeline.Request(RequestMethod.Delete, EntityAt(partitionKey, rowKey));
        message.Request.Headers.Add(HttpHeader.Names.IfMatch, (ifMatch == default ? ETag.All : ifMatch).ToString());
        return await pipeline.SendAsync(message, 404, cancellationToken);
    }

    /// <summary>Deletes an entity by its keys, as the overload with keys.</summary>
    public Task<Response> DeleteEntityAsync(ITableEntity entity, ETag ifMatch = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entity);
        return DeleteEntityAsync(entity.PartitionKey, entity.RowKey, ifMatch, cancellationToken);
    }

    static void Require(ITableEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        ArgumentNullException.ThrowIfNull(entity.PartitionKey);
        ArgumentNullException.ThrowIfNull(entity.RowKey);
    }

    static RequestMethod Verb(TableUpdateMode mode) => mode switch
    {
        TableUpdateMode.Merge => RequestMethod.Patch,
        TableUpdateMode.Replace => RequestMethod.Put,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode, "Must be Merge or Replace."),
    };

    string EntityAt(string partitionKey, string rowKey)
    {
        ArgumentNullException.ThrowIfNull(partitionKey);
        ArgumentNullException.ThrowIfNull(rowKey);
        return Name + EntityAddress.Key(partitionKey, rowKey);
    }

    async Task<Response> SendAsync(HttpMessage message, ITableEntity entity, CancellationToken cancellationToken)
    {
        var body = new PooledBuffer();
        using (var json = new Utf8JsonWriter(body))
        {
            EntityCodec.For(entity.GetType()).Write(json, entity);
        }

        return await pipeline.SendAsync(message, body, TablePipeline.Json, cancellationToken);
    }
}
