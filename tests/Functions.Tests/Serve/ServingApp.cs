using SasRec.Functions.Serve;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

/// <summary>Tests that ask one model and keep to users of their own: one application serves them all.</summary>
[CollectionDefinition]
public sealed class ServingTests : ICollectionFixture<ServingApp>;

/// <summary>An application that serves one model of 40 items.</summary>
public sealed class ServingApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    internal TestModel Model { get; } = new(40);

    internal string Version { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        app = await TestApp.StartAsync();
        Version = await Model.PublishAsync(app.Get<ModelRegistry>());
        await app.ServesAsync(Version);
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}
