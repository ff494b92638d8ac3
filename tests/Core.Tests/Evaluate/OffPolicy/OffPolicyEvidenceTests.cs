using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

public class OffPolicyEvidenceTests
{
    const int Slots = 10;

    [Fact]
    public void Where_products_of_weights_leave_too_little_the_weights_of_single_slots_decide()
    {
        var slates = Slates(400);

        var evidence = OffPolicyEvidence.Of(slates, Users(slates), slates.Length, 0, 1);

        // Weights of 0.5 and 1.5: one slot keeps 1 / 1.25 of the slates, ten keep about 1 / 1.25^10, and 200 are needed.
        Assert.Null(evidence.NotEnoughSupport);
        Assert.Equal("item-position", evidence.Estimates[0].Estimator);
        Assert.InRange(evidence.Estimates[0].EffectiveSampleSize, 300, 340);
        Assert.False(evidence.Estimates.Single(estimate => estimate.Estimator == "cascade-dr").Supported);
        Assert.Equal(PolicyDifference.Of(slates, Users(slates), OffPolicyEvidence.Options, byPosition: true), evidence.Difference);
    }

    [Fact]
    public void Where_products_of_weights_leave_enough_they_decide()
    {
        var slates = Slates(5_000);

        var evidence = OffPolicyEvidence.Of(slates, Users(slates), slates.Length, 0, 1);

        Assert.Equal(("cascade-dr", "item-position"), (evidence.Estimates[0].Estimator, evidence.Estimates[^1].Estimator));
        Assert.Equal(PolicyDifference.Of(slates, Users(slates), OffPolicyEvidence.Options), evidence.Difference);
    }

    [Fact]
    public void Without_marginals_nothing_stands_in()
    {
        LoggedSlate[] slates = [.. Slates(400).Select(slate => slate with { LoggingMarginals = null })];

        Assert.StartsWith("not enough support", OffPolicyEvidence.Of(slates, Users(slates), slates.Length, 0, 1).NotEnoughSupport, StringComparison.Ordinal);
    }

    static IEnumerable<int> First(int count) => Enumerable.Range(0, count);

    static string[] Users(LoggedSlate[] slates) => [.. First(slates.Length).Select(user => $"{user / 4}")];

    static LoggedSlate[] Slates(int count)
    {
        var random = new Random(1);
        return [.. First(count).Select(_ =>
        {
            double[] target = [.. First(Slots).Select(_ => random.Next(2) == 0 ? 0.25 : 0.75)];
            double[] logging = [.. Enumerable.Repeat(0.5, Slots)];
            return new LoggedSlate
            {
                Rewards = [.. target.Select(chance => random.NextDouble() < chance / 4 ? 1.0 : 0)],
                Logging = logging,
                Target = target,
                LoggingMarginals = logging,
                TargetMarginals = target,
            };
        })];
    }
}
