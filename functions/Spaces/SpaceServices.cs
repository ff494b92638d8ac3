using Microsoft.Extensions.DependencyInjection;

namespace SasRec.Functions.Spaces;

/// <summary>The services of a call: those of its space, and what belongs to no space, such as the worker's.</summary>
sealed class SpaceServices(ServiceProvider space, IServiceProvider worker) : IKeyedServiceProvider
{
    public object? GetService(Type serviceType) => space.GetService(serviceType) ?? worker.GetService(serviceType);

    public object? GetKeyedService(Type serviceType, object? serviceKey) => space.GetKeyedService(serviceType, serviceKey);

    public object GetRequiredKeyedService(Type serviceType, object? serviceKey) => space.GetRequiredKeyedService(serviceType, serviceKey);
}
