using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Items;
using SasRec.Core.Options;
using SasRec.Functions.StorageAccount;

namespace SasRec.Functions.Items;

/// <summary>The catalogue, and what keeps it up to date in memory.</summary>
static class ItemServices
{
    public static IServiceCollection AddItems(this IServiceCollection services, IConfiguration configuration, string cache) => services
        .AddSingleton(OptionsReader.Read<ItemOptions>(configuration.AsEnumerable()))
        .AddSingleton(new KeptFile<List<CatalogueItem>>(cache, "catalogue.json", CatalogueJson.Stored.ListCatalogueItem))
        .AddSingleton<CatalogueHolder>()
        .AddHostedService<CatalogueWatcher>();
}
