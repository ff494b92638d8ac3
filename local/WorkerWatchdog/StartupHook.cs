/// <summary>Ends the worker when its standard input closes, which it does however the host ends.</summary>
/// <remarks>The genuine worker stays alive when its host is killed. .NET runs <see cref="Initialize"/> before the program's own entry
/// point where DOTNET_STARTUP_HOOKS names this assembly.</remarks>
static class StartupHook
{
    public static void Initialize()
    {
        // What the worker starts, a trainer for one, has another standard input.
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        new Thread(EndWithInput) { IsBackground = true, Name = "end of input" }.Start();
    }

    static void EndWithInput()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0)
        {
        }

        Environment.Exit(0);
    }
}
