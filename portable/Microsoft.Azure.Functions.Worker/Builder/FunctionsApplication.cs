using System.Reflection;
using System.Runtime.CompilerServices;

namespace Microsoft.Azure.Functions.Worker.Builder;

/// <summary>Where a Functions application begins.</summary>
public static class FunctionsApplication
{
    /// <summary>A builder for the functions of the assembly that calls.</summary>
    /// <param name="args">The command line; <c>--port N</c> sets the port, 0 takes a free one.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => FunctionsApplicationBuilder.For(Assembly.GetCallingAssembly(), args);
}
