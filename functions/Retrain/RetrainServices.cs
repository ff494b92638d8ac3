using Azure.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SasRec.Storage;

namespace SasRec.Functions.Retrain;

/// <summary>What starts the trainer job: a Container Apps job where <c>Trainer__Job</c> names one, else a child process.</summary>
static class RetrainServices
{
    public static IServiceCollection AddRetraining(this IServiceCollection services, IConfiguration configuration)
    {
        var options = Settings.Read<RetrainOptions>(configuration, "Retrain") with { Command = configuration["Trainer:Command"] ?? "" };
        services.AddSingleton(options.Validated()).AddSingleton<Retraining>();
        if (configuration["Trainer:Job"] is { Length: > 0 } id)
        {
            var (job, management) = (Job(id), Management(configuration["Trainer:Management"] ?? "https://management.azure.com"));
            return services
                .AddSingleton(provider => new ContainerJob(management, job, Identity(provider), new ContainerJobOptions()))
                .AddSingleton<ITrainerLauncher, ContainerJobLauncher>();
        }

        return services
            .AddSingleton<TrainerLauncher>()
            .AddSingleton<ITrainerLauncher>(provider => provider.GetRequiredService<TrainerLauncher>())
            .AddHostedService(provider => provider.GetRequiredService<TrainerLauncher>());
    }

    static DefaultAzureCredential Identity(IServiceProvider provider) => new(new DefaultAzureCredentialOptions
    {
        ManagedIdentityClientId = provider.GetRequiredService<StorageConnection>().Options.ClientId,
    });

    static string Job(string id) =>
        id.StartsWith("/subscriptions/", StringComparison.Ordinal)
        && id.Contains("/Microsoft.App/jobs/", StringComparison.OrdinalIgnoreCase)
        ? id
        : throw new ArgumentException($"Trainer__Job must be /subscriptions/.../providers/Microsoft.App/jobs/NAME; found '{id}'.");

    static Uri Management(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
        ? uri
        : throw new ArgumentException($"Trainer__Management must be an https address; found '{address}'.");
}
