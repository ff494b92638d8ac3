using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace SasRec.Portable.LocalHost;

/// <summary>With <c>Host:StopWhenInputCloses</c>, stops the host when standard input ends: it never outlives whoever started it.</summary>
sealed class EndOfInput(IConfiguration settings, IHostApplicationLifetime lifetime) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.GetValue("Host:StopWhenInputCloses", false))
        {
            // Reading blocks, also where asked to be asynchronous; the thread ends with the process.
            new Thread(Wait) { IsBackground = true, Name = "end of input" }.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    void Wait()
    {
        using var input = Console.OpenStandardInput();
        Span<byte> ignored = stackalloc byte[256];
        while (input.Read(ignored) > 0)
        {
        }

        lifetime.StopApplication();
    }
}
