using SasRec.Core.Contracts;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Train;

namespace SasRec.Trainer.Tests.Fit;

public class EngineTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("train", "--data", "none.csv", "--out", "none")]
    public async Task Where_Torch_cannot_be_used_asking_for_it_says_in_a_line_what_to_do(params string[] args)
    {
        Assert.SkipWhen(Engines.TorchProblem is null, "Torch can be used here.");

        var outcome = await Job.RunAsync([.. args, "--engine", "torch"]);

        Assert.Equal(ExitCode.Usage, outcome.Code);
        Assert.StartsWith(Engines.TorchProblem, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("-p:Hardware=gpu-t4", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_engine_that_is_named_is_the_one_that_is_taken()
    {
        Assert.Equal(EngineKind.Cpu, Engines.Resolve(EngineKind.Cpu));
        Assert.Equal(EngineKind.Torch, Engines.Resolve(EngineKind.Torch));
        Assert.NotEqual(EngineKind.Auto, Engines.Resolve(EngineKind.Auto));
    }
}
