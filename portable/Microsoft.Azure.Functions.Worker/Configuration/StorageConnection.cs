using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace SasRec.Portable.LocalHost.Configuration;

/// <summary>Opens the storage account that a setting names.</summary>
static class StorageConnection
{
    const string HostStorage = "AzureWebJobsStorage";

    /// <summary>The queues of the account; texts are neither encoded nor decoded.</summary>
    /// <exception cref="InvalidDataException">The setting is missing or is no connection string.</exception>
    /// <exception cref="NotSupportedException">The connection is identity-based.</exception>
    public static QueueServiceClient Queues(IConfiguration settings, string? name, string function) =>
        Open(settings, name ?? HostStorage, function, text => new QueueServiceClient(text, Quick(new QueueClientOptions())));

    /// <summary>The blobs of the host's own account.</summary>
    /// <inheritdoc cref="Queues"/>
    public static BlobServiceClient Blobs(IConfiguration settings, string function) =>
        Open(settings, HostStorage, function, text => new BlobServiceClient(text, Quick(new BlobClientOptions())));

    static T Open<T>(IConfiguration settings, string name, string function, Func<string, T> open)
    {
        var text = settings[name] ?? settings["AzureWebJobs" + name] ?? settings.GetConnectionString(name);
        if (string.IsNullOrEmpty(text))
        {
            throw settings.GetSection(name).GetChildren().Any()
                ? new NotSupportedException($"Function '{function}': '{name}' is an identity-based connection; the local host takes a connection string.")
                : new InvalidDataException($"Function '{function}': the setting '{name}', a storage connection string, is missing.");
        }

        try
        {
            return open(text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new InvalidDataException($"Function '{function}': the setting '{name}' is no storage connection string: {e.Message}", e);
        }
    }

    // The listeners wait and try again by themselves; the clients should only ride out a hiccup.
    static T Quick<T>(T options) where T : ClientOptions
    {
        (options.Retry.MaxRetries, options.Retry.Delay, options.Retry.NetworkTimeout) = (2, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(20));
        return options;
    }
}
