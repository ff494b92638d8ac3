using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Items;

/// <summary>The catalogue, and what keeps it up to date in memory.</summary>
static class ItemServices
{
    public static IServiceCollection AddItems(this IServiceCollection services, IConfiguration configuration, string cache) => services
        .AddSingleton(OptionsReader.Read<ItemOptions>(configuration.AsEnumerable()))
        .AddSingleton(new CatalogueFile(cache))
        .AddSingleton<CatalogueHolder>()
        .AddHostedService<CatalogueWatcher>();
}
