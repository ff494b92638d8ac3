using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;
using SasRec.Functions.StorageAccount;
using SasRec.Storage;
using SasRec.Storage.Deletions;

namespace SasRec.Functions.Deletions;

/// <summary>What forgets users.</summary>
static class DeletionServices
{
    public static IServiceCollection AddDeletions(this IServiceCollection services, IConfiguration configuration)
    {
        var options = OptionsReader.Read<DeletionOptions>(configuration.AsEnumerable());
        return services
            .AddSingleton(options)
            .AddSingleton(provider => new UserDeletions(StorageServices.ForRequests(provider), options.Backups))
            .AddKeyedSingleton(
                StorageServices.Background,
                (provider, _) => new UserDeletions(provider.GetRequiredService<StorageConnection>(), options.Backups));
    }
}
