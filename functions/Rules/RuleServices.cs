using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;

namespace SasRec.Functions.Rules;

/// <summary>The rules of placements, and what keeps them up to date in memory.</summary>
static class RuleServices
{
    public static IServiceCollection AddRules(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(OptionsReader.Read<RuleOptions>(configuration.AsEnumerable()))
        .AddSingleton<RuleHolder>()
        .AddHostedService(provider => provider.GetRequiredService<RuleHolder>());
}
