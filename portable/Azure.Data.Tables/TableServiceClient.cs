using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables.Models;
using Azure.Data.Tables.Wire;

namespace Azure.Data.Tables;

/// <summary>The table service of one storage account. Thread-safe; one instance serves a process.</summary>
public class TableServiceClient
{
    const string TokenScope = "https://storage.azure.com/.default";

    readonly TablePipeline pipeline;

    /// <summary>The service that a storage connection string names, the emulator's included.</summary>
    public TableServiceClient(string connectionString) : this(connectionString, null)
    {
    }

    /// <summary>The service that a storage connection string names, the emulator's included.</summary>
    /// <exception cref="InvalidOperationException">A part of the string is not of the form name=value.</exception>
    /// <exception cref="ArgumentException">The string does not name an account and its key.</exception>
    public TableServiceClient(string connectionString, TableClientOptions? options = null)
        : this(TableConnectionString.Parse(connectionString), options)
    {
    }

    /// <summary>The service at an address, opened with the account's key.</summary>
    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential) : this(endpoint, credential, null)
    {
    }

    /// <summary>The service at an address, opened with the account's key.</summary>
    public TableServiceClient(Uri endpoint, TableSharedKeyCredential credential, TableClientOptions? options)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(credential);
        pipeline = new TablePipeline(endpoint, credential.AccountName, new SharedKeyLitePolicy(credential), options);
    }

    /// <summary>The service at an address (https), opened with an identity's tokens.</summary>
    public TableServiceClient(Uri endpoint, TokenCredential tokenCredential, TableClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(tokenCredential);
        var account = endpoint.Host.Split('.')[0];
        pipeline = new TablePipeline(endpoint, account, new BearerTokenAuthenticationPolicy(tokenCredential, TokenScope), options);
    }

    TableServiceClient(TableConnectionString connection, TableClientOptions? options)
        : this(connection.Endpoint, connection.Credential, options)
    {
    }

    internal TableServiceClient(TablePipeline pipeline) => this.pipeline = pipeline;

    /// <summary>The account's name.</summary>
    public string AccountName => pipeline.AccountName;

    /// <summary>The service's address.</summary>
    public Uri Uri => new(pipeline.Endpoint);

    /// <summary>A filter with its values quoted.</summary>
    public static string CreateQueryFilter(FormattableString filter) => QueryFilter.Create(filter);

    /// <summary>A client for one table, which need not exist yet.</summary>
    public TableClient GetTableClient(string tableName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        return new TableClient(pipeline, tableName);
    }

    /// <summary>Creates a table unless it exists; the raw response has status 409 if it did.</summary>
    /// <exception cref="RequestFailedException">The service refused, or the table is still being deleted.</exception>
    public async Task<Response<TableItem>> CreateTableIfNotExistsAsync(string tableName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        using var message = pipeline.Request(RequestMethod.Post, "Tables");
        message.Request.Headers.Add("Prefer", "return-no-content");
        message.Request.Headers.Add(HttpHeader.Names.ContentType, TablePipeline.Json);
        message.Request.Content = RequestContent.Create(JsonSerializer.SerializeToUtf8Bytes(new { TableName = tableName }));
        var response = await pipeline.SendAsync(message, 409, cancellationToken);
        if (response.Status == 409)
        {
            var failure = new RequestFailedException(response);
            if (failure.ErrorCode == nameof(TableErrorCode.TableBeingDeleted))
            {
                throw failure;
            }
        }

        return Response.FromValue(new TableItem(tableName), response);
    }

    /// <summary>Deletes a table; status 404 if there was none.</summary>
    /// <exception cref="RequestFailedException">The service refused.</exception>
    public async Task<Response> DeleteTableAsync(string tableName, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(tableName);
        using var message = pipeline.Request(RequestMethod.Delete, $"Tables('{Uri.EscapeDataString(tableName)}')");
        return await pipeline.SendAsync(message, 404, cancellationToken);
    }
}
