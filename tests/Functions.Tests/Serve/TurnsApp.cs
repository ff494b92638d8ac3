namespace SasRec.Functions.Tests.Serve;

/// <summary>Tests each of which lets a model of its own serve: they take turns with one application.</summary>
[CollectionDefinition]
public sealed class TurnsTests : ICollectionFixture<TurnsApp>;

/// <summary>An application without a catalogue, which serves the model of the test that has its turn.</summary>
public sealed class TurnsApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    public async ValueTask InitializeAsync() => app = await TestApp.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }
}
