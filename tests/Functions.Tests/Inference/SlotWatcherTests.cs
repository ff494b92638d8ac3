using Microsoft.Extensions.Logging.Abstractions;
using SasRec.Azurite;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Inference;

public class SlotWatcherTests
{
    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_current_slot_says_whether_it_starts_has_nothing_to_serve_serves_or_refused()
    {
        var (registry, slot) = (await RegistryAsync(), Slot(ModelRole.Current));
        using var watcher = Watcher(slot, registry);
        Assert.Equal(SlotStatus.Starting, slot.State.Status);

        await watcher.PollAsync(Cancellation);
        Assert.Equal(SlotStatus.NonePublished, slot.State.Status);

        var broken = await new TestModel(10).PublishAsync(registry, onnx: [1, 2, 3]);
        await watcher.PollAsync(Cancellation);
        Assert.Equal((SlotStatus.Refused, broken, null), (slot.State.Status, slot.State.Wanted, slot.State.Serving));
        Assert.NotNull(slot.State.Failure);

        var good = await new TestModel(10).PublishAsync(registry);
        await watcher.PollAsync(Cancellation);
        Assert.Equal((SlotStatus.Serving, good, null), (slot.State.Status, slot.State.Serving, slot.State.Failure));

        await registry.ActivateAsync(broken, "test", "because");
        await watcher.PollAsync(Cancellation);
        Assert.Equal((SlotStatus.Serving, broken, good), (slot.State.Status, slot.State.Wanted, slot.State.Serving));
        Assert.NotNull(slot.State.Failure);
    }

    [Fact]
    public async Task The_shadow_slot_is_emptied_where_the_wanted_model_is_refused_or_none_is_wanted()
    {
        var (registry, slot) = (await RegistryAsync(), Slot(ModelRole.Shadow));
        using var watcher = Watcher(slot, registry);
        var good = await new TestModel(10).PublishAsync(registry, activate: false);
        var broken = await new TestModel(10).PublishAsync(registry, onnx: [1, 2, 3], activate: false);

        await registry.ShadowAsync(good, "test", "because", Cancellation);
        await watcher.PollAsync(Cancellation);
        Assert.Equal((SlotStatus.Serving, good), (slot.State.Status, slot.State.Serving));

        await registry.ShadowAsync(broken, "test", "because", Cancellation);
        await watcher.PollAsync(Cancellation);
        Assert.Equal((SlotStatus.Refused, null), (slot.State.Status, slot.State.Serving));

        await registry.ShadowAsync(good, "test", "because", Cancellation);
        await watcher.PollAsync(Cancellation);
        await registry.EndShadowAsync("test", "because", Cancellation);
        await watcher.PollAsync(Cancellation);
        Assert.Equal((SlotStatus.NonePublished, null, null), (slot.State.Status, slot.State.Serving, slot.State.Failure));
    }

    [Fact]
    public async Task An_instance_that_cannot_read_the_pointer_is_starting_and_says_why()
    {
        var azurite = await AzuriteServer.StartAsync();
        var registry = new ModelRegistry(new StorageConnection(new StorageOptions { ConnectionString = azurite.ConnectionString }).Within(TimeSpan.FromSeconds(0.5)));
        await azurite.DisposeAsync();
        var slot = Slot(ModelRole.Current);
        using var watcher = Watcher(slot, registry);

        await watcher.PollAsync(Cancellation);

        Assert.Equal(SlotStatus.Starting, slot.State.Status);
        Assert.NotNull(slot.State.PollFailure);
    }

    static async Task<ModelRegistry> RegistryAsync()
    {
        var storage = new StorageConnection(new StorageOptions { ConnectionString = await SharedStorage.NextAccountAsync() });
        await storage.EnsureCreatedAsync(Cancellation);
        return new ModelRegistry(storage);
    }

    static ModelSlot Slot(ModelRole role) => new(role, TimeSpan.Zero, TimeProvider.System);

    static SlotWatcher Watcher(ModelSlot slot, ModelRegistry registry) => new(
        slot,
        TimeSpan.FromSeconds(1),
        new ModelCache(""),
        registry,
        new CatalogueHolder(new ItemOptions(), TimeProvider.System),
        TimeProvider.System,
        NullLogger<SlotWatcher>.Instance);
}
