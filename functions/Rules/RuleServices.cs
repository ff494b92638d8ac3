using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Options;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Rules;

namespace SasRec.Functions.Rules;

/// <summary>The rules of placements, and what keeps them up to date in memory.</summary>
static class RuleServices
{
    public static IServiceCollection AddRules(this IServiceCollection services, IConfiguration configuration, string cache) => services
        .AddSingleton(OptionsReader.Read<RuleOptions>(configuration.AsEnumerable()))
        .AddSingleton(new KeptFile<RuleBook>(cache, "rules.json", RuleJson.Indented.RuleBook))
        .AddSingleton<RuleHolder>()
        .AddHostedService(provider => provider.GetRequiredService<RuleHolder>());
}
