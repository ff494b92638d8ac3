using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Page;

/// <summary>The page.</summary>
static class PageServices
{
    public static IServiceCollection AddPage(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton(OptionsReader.Read<PageOptions>(configuration.AsEnumerable()));
}
