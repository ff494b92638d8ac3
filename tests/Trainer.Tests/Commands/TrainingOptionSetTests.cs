using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Tests.Commands;

public class TrainingOptionSetTests
{
    static readonly SequenceDataset Data = new(3, [0, 3], [0, 1, 2]);

    [Fact]
    public void What_is_not_given_fits_the_data_and_what_is_given_is_taken()
    {
        var (config, options) = TrainingOptions.For(Data);
        options = options with { Engine = EngineKind.Cpu };

        var asItIs = Plan("--engine", "cpu");
        var given = Plan("--engine", "cpu", "--width", "32", "--negatives", "7", "--sharing", "Batch", "--beta2", "0.9", "--seed", "18446744073709551615");

        Assert.Equal((config, options, null), (asItIs.Config, asItIs.Options, asItIs.PriorStrength));
        Assert.Equal(config with { Width = 32 }, given.Config);
        Assert.Equal(
            options with { Negatives = 7, Sharing = NegativeSharing.Batch, Beta2 = 0.9, Seed = ulong.MaxValue },
            given.Options);
    }

    [Fact]
    public void The_former_name_of_an_option_is_still_accepted() =>
        Assert.Equal((0.5, 0.6), (Plan("--averaging", "0.5").Options.EmaDecay, Plan("--ema-decay", "0.6").Options.EmaDecay));

    [Theory]
    [InlineData("--negatives", "0", "--negatives must be 1 to 16,384. Found: 0.")]
    [InlineData("--dropout", "0.95", "--dropout must be 0 to 0.9. Found: 0.95.")]
    [InlineData("--ema-decay", "1", "--ema-decay must be 0 to 0.999999. Found: 1.")]
    [InlineData("--learning-rate", "NaN", "--learning-rate must be 1E-09 to 1. Found: NaN.")]
    [InlineData("--width", "7", "--width must be 8 to 1,024. Found: 7.")]
    [InlineData("--prior", "11", "--prior must be 0 to 10. Found: 11.")]
    public async Task A_value_out_of_range_is_refused_before_any_data_is_read(string option, string value, string message)
    {
        var outcome = await Job.RunAsync(["train", "--data", "missing.csv", "--out", "missing", option, value]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    static TrainingPlan Plan(params string[] args)
    {
        var verb = new Command("verb");
        var set = new TrainingOptionSet().AddTo(verb);
        return set.For(Data, verb.Parse(args));
    }
}
