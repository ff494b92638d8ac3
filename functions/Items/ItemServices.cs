using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Items;

/// <summary>The catalogue, and what keeps it up to date in memory.</summary>
static class ItemServices
{
    public static IServiceCollection AddItems(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(Settings.Read<ItemOptions>(configuration, "Items").Validated())
        .AddSingleton<CatalogueHolder>()
        .AddHostedService<CatalogueWatcher>();
}
