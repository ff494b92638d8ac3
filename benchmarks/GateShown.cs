using System.Globalization;
using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Evaluate.OffPolicy;
using SasRec.Core.Explore;

namespace SasRec.Bench;

/// <summary>How often the slates that a champion showed refuse challengers of one true quality.</summary>
/// <param name="TrueDifference">The challenger's share of answers known, less the champion's, as a share of the champion's.</param>
/// <param name="Slates">How many slates were shown.</param>
/// <param name="Refused">The share of the promotions that they refuse.</param>
/// <param name="Supported">The share in which they have support.</param>
sealed record GateShown(double TrueDifference, int Slates, double Refused, double Supported)
{
    const int Items = 100;
    const int Users = 2_000;
    const double ChampionKnows = 0.3;

    static readonly ExplorationPolicy Policy = new();

    /// <summary>Simulates promotions.</summary>
    public static GateShown Of(int promotions, int slates, double difference, CancellationToken cancellation)
    {
        var (refused, supported) = (0, 0);
        Parallel.For(0, promotions, new ParallelOptions { CancellationToken = cancellation }, seed =>
        {
            var evidence = Show(slates, difference, new RandomStream((ulong)seed));
            var decision = PromotionGate.Decide(
                new GateEvidence("nothing else", [1, 1], new Dictionary<string, double[]>()) { Shown = evidence });
            Interlocked.Add(ref refused, decision.Passed ? 0 : 1);
            Interlocked.Add(ref supported, evidence.NotEnoughSupport is null ? 1 : 0);
        });
        return new GateShown(difference, slates, refused / (double)promotions, supported / (double)promotions);
    }

    /// <summary>The champion shows slates of five by its policy; half of those who see what they would do next act on it. Two models of the same
    /// log mostly know the same answers.</summary>
    static OffPolicyEvidence Show(int count, double difference, RandomStream random)
    {
        var (wanted, champion, challenger) = (new int[Users], new bool[Users], new bool[Users]);
        for (var user = 0; user < Users; user++)
        {
            wanted[user] = random.NextIndex(Items);
            var luck = random.NextDouble();
            champion[user] = luck < ChampionKnows;
            challenger[user] = (random.NextDouble() < 0.7 ? luck : random.NextDouble()) < ChampionKnows * (1 + difference);
        }

        var (slates, whose) = (new LoggedSlate[count], new string[count]);
        var (own, other) = (new float[Items], new float[Items]);
        for (var i = 0; i < count; i++)
        {
            var user = i % Users;
            for (var item = 0; item < Items; item++)
            {
                // The scores of what neither knows are much the same in both.
                var common = random.NextNormal();
                own[item] = (float)(common + (0.2 * random.NextNormal()));
                other[item] = (float)(common + (0.2 * random.NextNormal()));
            }

            own[wanted[user]] += champion[user] ? 3 : 0;
            other[wanted[user]] += challenger[user] ? 3 : 0;
            var drawn = PlackettLuceSlate.Draw(own, null, 5, Policy, random.NextBits());
            var rewards = new double[drawn.Items.Count];
            for (var slot = 0; slot < rewards.Length; slot++)
            {
                var chance = (drawn.Items[slot].Item == wanted[user] ? 0.5 : 0.01) / Math.Sqrt(slot + 1);
                rewards[slot] = random.NextDouble() < chance ? 1 : 0;
            }

            slates[i] = new LoggedSlate
            {
                Rewards = rewards,
                Logging = [.. drawn.Items.Select(slot => slot.Propensity)],
                Target = Propensity.OfSlate(other, null, [.. drawn.Items.Select(slot => slot.Item)], Policy),
            };
            whose[i] = user.ToString(CultureInfo.InvariantCulture);
        }

        return OffPolicyEvidence.Of(slates, whose, count, 0, 1);
    }
}
