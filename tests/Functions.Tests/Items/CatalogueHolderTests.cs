using SasRec.Functions.Items;
using SasRec.Testing;

namespace SasRec.Functions.Tests.Items;

public class CatalogueHolderTests
{
    readonly ManualTime time = new();

    [Fact]
    public async Task The_first_requests_wait_for_the_catalogue_and_not_for_ever()
    {
        var holder = new CatalogueHolder(new ItemOptions(), time);
        var waiting = holder.GetAsync(TestContext.Current.CancellationToken).AsTask();
        time.Advance(new ItemOptions().StartTimeout - TimeSpan.FromTicks(1));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        Assert.Null(await waiting);

        var next = holder.GetAsync(TestContext.Current.CancellationToken).AsTask();
        holder.Fail("no answer");
        Assert.Null(await next);
        holder.Replace(Catalogue.Empty);
        Assert.Same(Catalogue.Empty, await holder.GetAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_catalogue_that_cannot_be_read_shows_and_what_was_known_goes_on_serving()
    {
        var holder = new CatalogueHolder(new ItemOptions(), time);
        Assert.Null(holder.Problem);
        holder.Fail("no answer from account xyz");
        Assert.True(holder.Withholds);
        Assert.Contains("nothing is recommended", holder.Problem, StringComparison.Ordinal);
        holder.Replace(Catalogue.Empty);
        Assert.Null(holder.Problem);
        holder.Fail("no answer from account xyz");
        Assert.False(holder.Withholds);
        Assert.Contains("the last known one keeps serving", holder.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("xyz", holder.Problem, StringComparison.Ordinal);
    }
}
