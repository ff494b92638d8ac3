using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;

namespace SasRec.Storage;

/// <summary>One storage account, opened: the clients of its tables, queues and containers. Safe for any number of threads.</summary>
public sealed class StorageConnection
{
    readonly TableServiceClient tables;
    readonly BlobServiceClient blobs;
    readonly QueueServiceClient queues;
    readonly QueueServiceClient rawQueues;

    /// <summary>Opens an account; sends nothing yet.</summary>
    /// <param name="options">Which account.</param>
    /// <param name="time">The clock of everything that storage does; null for the system's.</param>
    /// <exception cref="ArgumentException">An option is missing or out of range.</exception>
    public StorageConnection(StorageOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options.Validated();
        Time = time ?? TimeProvider.System;

        // The Functions host expects base64 in its queues; failed messages are moved byte for byte.
        var base64 = Patient(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });
        var raw = Patient(new QueueClientOptions());
        if (options.ConnectionString is { } connection)
        {
            tables = new TableServiceClient(connection, Patient(new TableClientOptions()));
            blobs = new BlobServiceClient(connection, Patient(new BlobClientOptions()));
            queues = new QueueServiceClient(connection, base64);
            rawQueues = new QueueServiceClient(connection, raw);
        }
        else
        {
            TokenCredential identity = new DefaultAzureCredential(
                new DefaultAzureCredentialOptions { ManagedIdentityClientId = options.ClientId });
            tables = new TableServiceClient(options.TableServiceUri!, identity, Patient(new TableClientOptions()));
            blobs = new BlobServiceClient(options.BlobServiceUri!, identity, Patient(new BlobClientOptions()));
            queues = new QueueServiceClient(options.QueueServiceUri!, identity, base64);
            rawQueues = new QueueServiceClient(options.QueueServiceUri!, identity, raw);
        }
    }

    /// <summary>How the account is used.</summary>
    public StorageOptions Options { get; }

    /// <summary>The clock of everything that storage does.</summary>
    public TimeProvider Time { get; }

    /// <summary>The client of one of the tables in <see cref="Names"/>.</summary>
    public TableClient Table(string name) => tables.GetTableClient(Options.NamePrefix + name);

    /// <summary>The client of one of the containers in <see cref="Names"/>.</summary>
    public BlobContainerClient Container(string name) => blobs.GetBlobContainerClient(Options.NamePrefix + name);

    /// <summary>The client of one of the queues in <see cref="Names"/>; texts travel as base64.</summary>
    public QueueClient Queue(string name) => queues.GetQueueClient(Options.NamePrefix + name);

    internal QueueClient RawQueue(string name) => rawQueues.GetQueueClient(Options.NamePrefix + name);

    /// <summary>Creates every table, queue and container that is missing; nothing where an identity opens the account.</summary>
    public async Task EnsureCreatedAsync(CancellationToken cancellation = default)
    {
        // There the deployment has created them (infra/storage.bicep), and an identity need not be allowed to.
        if (Options.ConnectionString is null)
        {
            return;
        }

        string[] tableNames = [Names.InteractionsTable, Names.FeedTable, Names.ImpressionsTable, Names.ItemsTable, Names.ItemChangesTable];
        string[] queueNames = [Names.InteractionsQueue, Names.ImpressionsQueue];
        string[] containerNames = [Names.ModelsContainer, Names.TrainingContainer];
        await Task.WhenAll(
        [
            .. tableNames.Select(Task (name) => Table(name).CreateIfNotExistsAsync(cancellation)),
            .. queueNames.SelectMany(name => new[] { name, name + Names.PoisonSuffix })
                .Select(Task (name) => Queue(name).CreateIfNotExistsAsync(cancellationToken: cancellation)),
            .. containerNames.Select(Task (name) => Container(name).CreateIfNotExistsAsync(cancellationToken: cancellation)),
        ]);
    }

    static T Patient<T>(T options)
        where T : ClientOptions
    {
        options.RetryPolicy = new StoragePatience.Policy(TimeProvider.System);
        return options;
    }
}
