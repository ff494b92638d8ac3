using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Core.Events;
using SasRec.Core.Options;

namespace SasRec.Functions.Ingest;

/// <summary>What takes events in, and what they mean.</summary>
static class IngestServices
{
    public static IServiceCollection AddIngest(this IServiceCollection services, IConfiguration configuration) =>
        services
            .AddSingleton(OptionsReader.Read<IngestOptions>(configuration.AsEnumerable()))
            .AddSingleton(new EventMeanings(OptionsReader.Read<EventOptions>(configuration.AsEnumerable())));
}
