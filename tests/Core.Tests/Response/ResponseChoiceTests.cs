using SasRec.Core.Explore;
using SasRec.Core.Response;

namespace SasRec.Core.Tests.Response;

public sealed class ResponseChoiceTests
{
    const int Items = 30;

    [Fact]
    public void Items_that_users_take_more_readily_than_their_scores_say_get_a_term() =>
        Assert.True(ResponseChoice.Of(Slates(itemSpread: 1, explored: true), Items).Strength > 0);

    [Fact]
    public void Where_the_scores_say_all_there_is_to_say_the_strength_is_small_or_none()
    {
        var choices = Enumerable.Range(0, 10).Select(seed => ResponseChoice.Of(Slates(itemSpread: 0, explored: true, (ulong)seed), Items).Strength);
        Assert.InRange(choices.Average(), 0, 0.25);
    }

    [Fact]
    public void Without_exploration_it_is_switched_off_and_says_so()
    {
        var choice = ResponseChoice.Of(Slates(itemSpread: 1, explored: false), Items);
        Assert.Equal((null, 0.0), (choice.Model, choice.Strength));
        Assert.Contains("switched off: chance put 0 of", choice.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void With_little_evidence_it_is_switched_off_and_says_so() => Assert.Contains(
        "switched off: 50 slots were served", ResponseChoice.Of([.. Slates(itemSpread: 1, explored: true).Take(10)], Items).Reason, StringComparison.Ordinal);

    static List<ResponseSlate> Slates(double itemSpread, bool explored, ulong seed = 1)
    {
        var random = new RandomStream(seed);
        double[] own = [.. Enumerable.Range(0, Items).Select(_ => itemSpread * random.NextNormal())];
        var slates = new List<ResponseSlate>();
        for (var i = 0; i < 4_000; i++)
        {
            var slots = new List<ServedSlot>();
            foreach (var (item, score) in Enumerable.Range(0, 5).Select(slot => ((i + (7 * slot)) % Items, random.NextNormal())).OrderByDescending(pair => pair.Item2))
            {
                var chance = ResponseModel.Logistic(-1 - (0.5 * slots.Count) + (0.5 * score) + own[item]);
                slots.Add(new ServedSlot(slots.Count + 1, score, item, 0, 0, random.NextDouble() < chance, explored));
            }

            slates.Add(new ResponseSlate((ulong)(i / 4), slots));
        }

        return slates;
    }
}
