using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using SasRec.Host;
using SasRec.Host.Settings;

// SasRec.Host FOLDER [--port N]: runs the functions app that was built into FOLDER.
const int Usage = 2;
if (args is not ([_] or [_, "--port", _]))
{
    Console.Error.WriteLine("usage: SasRec.Host FOLDER [--port N]    runs the functions app that was built into FOLDER; 0 is any free port");
    return Usage;
}

HostSettings settings;
try
{
    settings = HostSettings.Read(Path.GetFullPath(args[0]), args.Length > 1 ? args[2] : null);
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine(e.Message);
    return Usage;
}

using var loggers = LoggerFactory.Create(logging => logging
    .AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss.fff ")
    .AddFilter("Microsoft", LogLevel.Warning).AddFilter("Yarp", LogLevel.Warning).AddFilter("Azure", LogLevel.Error)
    .AddConfiguration(settings.Configuration.GetSection("AzureWebJobs:logging"))
    .AddConfiguration(settings.Configuration.GetSection("Logging")));
using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
if (settings.StopWhenInputCloses)
{
    EndOfInput.Watch(stopping.Cancel);
}

try
{
    return await new DevelopmentHost(settings, loggers).RunAsync(stopping.Token);
}
catch (InvalidDataException e)
{
    Console.Error.WriteLine(e.Message);
    return Usage;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopping.Cancel();
}
