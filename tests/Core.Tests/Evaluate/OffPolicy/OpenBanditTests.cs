using System.Globalization;
using SasRec.Core.Evaluate.OffPolicy;

namespace SasRec.Core.Tests.Evaluate.OffPolicy;

/// <summary>On the Open Bandit Dataset (Saito et al. 2021), where it lies beside the repository.</summary>
public sealed class OpenBanditTests
{
    static readonly string? Folder = Find();

    [Fact]
    public void What_thompson_sampling_logged_tells_what_uniform_recommendation_earned()
    {
        Assert.SkipWhen(Folder is null, "The Open Bandit Dataset is not beside the repository.");
        const double uniform = 1 / 34.0;
        var thompson = Read("bts-men.csv").Select(row => Row(row.Click, row.Propensity, uniform)).ToArray();
        var random = Read("random-men.csv").Select(row => Row(row.Click, uniform, uniform)).ToArray();

        var truth = new OffPolicyEvaluator(random, new OffPolicyOptions()).Ips();
        Assert.Equal(random.Average(row => row.Rewards[0]), truth.Value, 1e-12);
        foreach (var estimate in new[]
        {
            new OffPolicyEvaluator(thompson, new OffPolicyOptions()).Ips(),
            new OffPolicyEvaluator(thompson, new OffPolicyOptions()).Snips(),
        })
        {
            Assert.True(estimate.Low <= truth.High && truth.Low <= estimate.High, $"{estimate} against {truth}");
            TestContext.Current.TestOutputHelper?.WriteLine($"{estimate}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{truth}");
    }

    static LoggedSlate Row(double click, double logging, double target) =>
        new() { Rewards = [click], Logging = [logging], Target = [target] };

    static IEnumerable<(double Click, double Propensity)> Read(string file)
    {
        var lines = File.ReadLines(Path.Combine(Folder!, file));
        var header = lines.First().Split(',');
        var (click, propensity) = (Array.IndexOf(header, "click"), Array.IndexOf(header, "propensity_score"));
        return lines.Skip(1).Select(line => line.Split(',')).Select(cells =>
            (double.Parse(cells[click], CultureInfo.InvariantCulture), double.Parse(cells[propensity], CultureInfo.InvariantCulture)));
    }

    static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SasRec.Serverless.sln")))
            {
                var data = Path.Combine(folder.FullName, "..", "shared", "data", "open-bandit");
                return Directory.Exists(data) ? data : null;
            }
        }

        return null;
    }
}
