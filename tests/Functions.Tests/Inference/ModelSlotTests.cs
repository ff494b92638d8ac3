using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Functions.Inference;
using SasRec.Functions.Items;
using SasRec.Functions.Tests.Serve;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Testing;

namespace SasRec.Functions.Tests.Inference;

public class ModelSlotTests
{
    static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    readonly ManualTime time = new();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_replaced_model_is_freed_by_its_last_user_and_never_before()
    {
        var slot = new ModelSlot(ModelRole.Current, StartTimeout, time);
        var (first, second) = (await LoadAsync("first"), await LoadAsync("second"));
        slot.Replace(first);
        using (var one = slot.TryLease()!.Value)
        {
            using (var two = slot.TryLease()!.Value)
            {
                slot.Replace(second);
                Assert.Equal(("first", "second"), (two.Model.Version, slot.State.Serving));
            }

            Assert.False(one.Model.Freed);
        }

        Assert.True(first.Freed);
        Assert.False(second.Freed);
        slot.Replace(null);
        Assert.True(second.Freed);
        Assert.Null(slot.TryLease());
    }

    [Fact]
    public async Task A_lease_waits_for_the_first_load_and_not_for_ever()
    {
        var slot = new ModelSlot(ModelRole.Current, StartTimeout, time);
        Assert.Equal(SlotStatus.Starting, slot.State.Status);
        var impatient = slot.LeaseAsync(Cancellation).AsTask();
        time.Advance(StartTimeout - TimeSpan.FromTicks(1));
        Assert.False(impatient.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await impatient);

        var waiting = slot.LeaseAsync(Cancellation).AsTask();
        slot.Replace(await LoadAsync("first"));
        slot.Report(slot.State);
        using var lease = (await waiting)!.Value;
        Assert.Equal("first", lease.Model.Version);
    }

    [Fact]
    public async Task A_model_that_was_loaded_before_the_catalogue_has_its_index_as_soon_as_there_is_one()
    {
        var catalogue = new CatalogueHolder(new ItemOptions(), time);
        var before = await LoadAsync("before", catalogue);
        Assert.Null(before.Index);
        catalogue.Replace(Catalogue.Empty);
        Assert.NotNull(before.Index);
        Assert.NotNull((await LoadAsync("after", catalogue)).Index);
    }

    async Task<LoadedModel> LoadAsync(string version, CatalogueHolder? catalogue = null)
    {
        var model = new TestModel(10);
        using var folder = new ScratchFolder();
        await File.WriteAllBytesAsync(folder.File(Names.ModelBlobs.Network), model.Onnx(), Cancellation);
        await using (var items = File.Create(folder.File(Names.ModelBlobs.Items)))
        {
            await new ModelItems(new ItemVocabulary(model.Items), model.Counts, new int[10]).WriteAsync(items, Cancellation);
        }

        var manifest = new ModelManifest
        {
            Version = version,
            Config = new SasRecConfig { MaxLength = TestModel.MaxLength },
            Data = new DataRange(null, null, 0, 1, 10),
            Protocol = "none",
        };
        return await LoadedModel.LoadAsync(manifest, folder.Path, (catalogue ?? new CatalogueHolder(new ItemOptions(), time)).ViewFor, Cancellation);
    }
}
