using System.Text.Json;
using SasRec.Core.Explore;
using SasRec.Simulator.World;

namespace SasRec.Loop;

/// <summary>Has the people of the sample world shop for a while through the API: they are shown lists, look at some of the places, and take what
/// they wanted next. So the insights of a new installation have something to tell.</summary>
sealed class ShopperStage(Workspace workspace, ApiClient api, SampleWorld world)
{
    const int Slates = 3_000;
    const int Wishes = 12;
    const int Together = 2;
    const ulong Seed = 11;

    // Whoever looks at something that they wanted takes it; of the rest they take one in a hundred.
    const double TakesWish = 0.6, TakesOther = 0.01;

    static readonly string[] Placements = ["home", "home", "cart"];

    readonly string done = Path.Combine(workspace.Folder, "shopped");

    /// <summary>Lets them shop; once for a folder.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        if (File.Exists(done))
        {
            return;
        }

        Say.Line($"shoppers of the sample world are shown {Slates:N0} lists");
        var shoppers = world.Shoppers(Wishes);
        var taken = 0;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Slates),
            new ParallelOptions { MaxDegreeOfParallelism = Together, CancellationToken = cancellation },
            async (visit, token) => Interlocked.Add(ref taken, await VisitAsync(shoppers[visit * 7 % shoppers.Count], visit, token)));
        await File.WriteAllTextAsync(done, "", cancellation);
        Say.Line($"they took {taken:N0} items of them; #insights of the page tells what that shows, in a minute");
    }

    /// <returns>How many items the shopper took.</returns>
    async Task<int> VisitAsync(SampleShopper shopper, int visit, CancellationToken cancellation)
    {
        var random = new RandomStream(Seed + (ulong)visit);
        try
        {
            var slate = await api.ShowAsync(shopper.UserId, Placements[visit % Placements.Length], cancellation);
            if (!slate.TryGetProperty("recommendationId", out var shown) || slate.GetProperty("items").GetArrayLength() == 0)
            {
                return 0;
            }

            var (events, taken) = (new List<object>(), 0);
            foreach (var item in slate.GetProperty("items").EnumerateArray())
            {
                var (itemId, rank) = (item.GetProperty("itemId").GetString()!, item.GetProperty("rank").GetInt32());

                // As NDCG has it, each place further down is looked at less.
                if (random.NextDouble() > 1 / Math.Log2(rank + 1))
                {
                    continue;
                }

                events.Add(Event(shopper, itemId, "impression-seen", shown));
                if (random.NextDouble() < (shopper.Wishes.Contains(itemId) ? TakesWish : TakesOther))
                {
                    events.Add(Event(shopper, itemId, "view", shown));
                    taken++;
                }
            }

            await api.SendAsync(events, cancellation);
            return taken;
        }
        catch (HttpRequestException)
        {
            // A shop that is too busy for a moment loses a visit, no more.
            return 0;
        }
    }

    static object Event(SampleShopper shopper, string itemId, string type, JsonElement shown) =>
        new { eventId = Guid.NewGuid().ToString("N"), userId = shopper.UserId, itemId, type, source = "recommendation", recommendationId = shown.GetString() };
}
