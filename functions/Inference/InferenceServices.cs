using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SasRec.Core.Events;
using SasRec.Functions.Items;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Log;
using SasRec.Storage.Models;

namespace SasRec.Functions.Inference;

/// <summary>The models in memory, and the watchers that keep them up to date.</summary>
static class InferenceServices
{
    public static IServiceCollection AddModelSlots(this IServiceCollection services, TimeSpan startTimeout, TimeSpan pollInterval, string cache) => services
        .AddSingleton(provider => new ModelSlots(
            new ModelSlot(ModelRole.Current, startTimeout, provider.GetRequiredService<TimeProvider>()),
            new ModelSlot(ModelRole.Shadow, startTimeout, provider.GetRequiredService<TimeProvider>())))
        .AddSingleton<IHostedService>(provider => Watcher(provider, slots => slots.Current, pollInterval, new ModelCache(cache), new PopularItems(
            provider.GetRequiredKeyedService<InteractionLog>(StorageServices.Background),
            provider.GetRequiredService<EventMeanings>(),
            provider.GetRequiredService<CatalogueHolder>())))
        .AddSingleton<IHostedService>(provider => Watcher(provider, slots => slots.Shadow, pollInterval, new ModelCache("")));

    static SlotWatcher Watcher(IServiceProvider provider, Func<ModelSlots, ModelSlot> slot, TimeSpan pollInterval, ModelCache cache, PopularItems? popular = null) => new(
        slot(provider.GetRequiredService<ModelSlots>()),
        pollInterval,
        cache,
        provider.GetRequiredKeyedService<ModelRegistry>(StorageServices.Background),
        provider.GetRequiredService<CatalogueHolder>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<SlotWatcher>>(),
        popular);
}
