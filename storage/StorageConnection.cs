using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace SasRec.Storage;

/// <summary>One storage account, opened: the clients of its tables, queues and containers. Safe for any number of threads.</summary>
public sealed partial class StorageConnection
{
    readonly TableServiceClient tables;
    readonly BlobServiceClient blobs;
    readonly QueueServiceClient queues;
    readonly QueueServiceClient rawQueues;
    readonly TokenCredential? identity;

    /// <summary>Opens an account; sends nothing yet.</summary>
    /// <param name="options">Which account.</param>
    /// <param name="time">The clock of everything that storage does; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    public StorageConnection(StorageOptions options, TimeProvider? time = null)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Validated(), time ?? TimeProvider.System, IdentityOf(options), most: null)
    {
    }

    StorageConnection(StorageOptions options, TimeProvider time, TokenCredential? identity, TimeSpan? most)
    {
        (Options, Time, this.identity) = (options, time, identity);

        // The Functions host expects base64 in its queues; failed messages are moved byte for byte.
        var base64 = WithRetries(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 }, most);
        var raw = WithRetries(new QueueClientOptions(), most);
        var (table, blob) = (WithRetries(new TableClientOptions(), most), WithRetries(new BlobClientOptions(), most));
        if (identity is null)
        {
            tables = new TableServiceClient(options.ConnectionString, table);
            blobs = new BlobServiceClient(options.ConnectionString, blob);
            queues = new QueueServiceClient(options.ConnectionString, base64);
            rawQueues = new QueueServiceClient(options.ConnectionString, raw);
        }
        else
        {
            tables = new TableServiceClient(options.TableServiceUri!, identity, table);
            blobs = new BlobServiceClient(options.BlobServiceUri!, identity, blob);
            queues = new QueueServiceClient(options.QueueServiceUri!, identity, base64);
            rawQueues = new QueueServiceClient(options.QueueServiceUri!, identity, raw);
        }
    }

    /// <summary>The same account for callers that wait for an answer: each call is given up after a time.</summary>
    /// <remarks>A call that is given up throws a <see cref="TimeoutException"/>, or what its last attempt threw. Without this bound,
    /// failed calls are tried again for about half a minute, and each attempt may take as long as Azure's clients allow.</remarks>
    /// <param name="most">The most that one call may take with all its attempts, over zero.</param>
    public StorageConnection Within(TimeSpan most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(most, TimeSpan.Zero);
        return new(Options, Time, identity, most);
    }

    /// <summary>How the account is used.</summary>
    public StorageOptions Options { get; }

    /// <summary>The clock of everything that storage does.</summary>
    public TimeProvider Time { get; }

    /// <summary>The client of one of the tables in <see cref="Names"/>.</summary>
    public TableClient Table(string name) => tables.GetTableClient(Prefix + name);

    /// <summary>The client of one of the containers in <see cref="Names"/>.</summary>
    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient(Prefix + name);

    /// <summary>The client of one of the queues in <see cref="Names"/>; texts travel as base64.</summary>
    public QueueClient Queue(string name) => queues.GetQueueClient(Prefix + name);

    internal QueueClient RawQueue(string name) => rawQueues.GetQueueClient(Prefix + name);

    /// <summary>Creates every table, queue and container that is missing; nothing where an identity opens the account.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellation = default)
    {
        // There the deployment has created them (infra/storage.bicep), and an identity need not be allowed to.
        if (Options.ConnectionString is null)
        {
            return;
        }

        await Task.WhenAll(
        [
            .. Names.Tables.Select(Task (name) => Table(name).CreateIfNotExistsAsync(cancellation)),
            .. Names.Queues.Select(Task (name) => Queue(name).CreateIfNotExistsAsync(cancellationToken: cancellation)),
            .. Names.Containers.Select(Task (name) => Container(name).CreateIfNotExistsAsync(cancellationToken: cancellation)),
        ]);
    }

    string Prefix => Options.NamePrefix + Options.Space;

    static DefaultAzureCredential? IdentityOf(StorageOptions options) => options.ConnectionString is null
        ? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId })
        : null;

    static T WithRetries<T>(T options, TimeSpan? most)
        where T : ClientOptions
    {
        options.RetryPolicy = new StorageRetries(most);
        return options;
    }
}
