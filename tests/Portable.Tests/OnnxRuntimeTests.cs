using Microsoft.ML.OnnxRuntime;

namespace SasRec.Portable.Tests;

public class OnnxRuntimeTests
{
    [Fact]
    public void The_native_library_loads_and_says_its_version() =>
        Assert.StartsWith("1.", OrtEnv.Instance().GetVersionString(), StringComparison.Ordinal);
}
