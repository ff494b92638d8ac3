using System.Runtime.InteropServices;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using SasRec.Storage;
using SasRec.Storage.Telemetry;
using SasRec.Trainer.Commands;
using SasRec.Trainer.Console;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var telemetry = Telemetry();
return await CommandTree.RunAsync(args, Terminal.OfProcess(), stop.Token);

// Spans and measurements, sent where the environment says to, and what is left of them at the end.
static TelemetryExport? Telemetry()
{
    var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
    var identity = new DefaultAzureCredentialOptions { ManagedIdentityClientId = environment[$"{Names.Connection}:clientId"] };
    return TelemetryExport.Start("sasrec-trainer", environment, () => new DefaultAzureCredential(identity));
}

// The first signal asks the command to save and end; a second one ends the process at once.
void Stop(PosixSignalContext signal)
{
    if (!stop.IsCancellationRequested)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
