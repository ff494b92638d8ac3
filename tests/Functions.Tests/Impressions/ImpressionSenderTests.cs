using Microsoft.Extensions.Logging.Abstractions;
using SasRec.Core.Events;
using SasRec.Functions.Impressions;
using SasRec.Functions.StorageAccount;
using SasRec.Storage.Log;
using SasRec.Storage.Messages;

namespace SasRec.Functions.Tests.Impressions;

public class ImpressionSenderTests(SharedApp shared)
{
    [Theory]
    [InlineData(10)]
    [InlineData(256)]
    public async Task A_slate_of_a_hundred_items_is_kept_however_long_their_ids(int idLength)
    {
        var impression = new Impression
        {
            RecommendationId = RecommendationId.New(TimeProvider.System),
            UserId = new string('ü', 256),
            ServedAt = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            ModelVersion = "m",
            Recommender = "sasrec",
            Temperature = 0.5,
            Epsilon = 0.02,
            Seed = 7,
            EligibleCount = 100,
            Items = [.. Enumerable.Range(0, 100).Select(i => new ServedItem($"{i:D3}".PadRight(idLength, '界'), i + 1, -i, 0.01, false))],
        };
        var app = shared.App;
        var sender = new ImpressionSender(
            app.Get<ImpressionQueue>(), app.Get<ImpressionLog>(), new StorageBreaker(TimeProvider.System), NullLogger<ImpressionSender>.Instance);
        Assert.True(await sender.TrySendAsync(impression, TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
        var kept = await Eventually.GetAsync(
            "the impression is kept", () => app.Get<ImpressionLog>().GetAsync(impression.RecommendationId), found => found is not null);
        Assert.Equal(impression.Items, kept!.Items);
        Assert.Equal(impression with { Items = kept.Items }, kept);
    }
}
