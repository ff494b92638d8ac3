using System.Runtime.InteropServices;
using SasRec.Trainer.Commands;

using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await CommandTree.RunAsync(args, Terminal.OfProcess(), stop.Token);

// The first signal asks the command to save and end; a second one ends the process at once.
void Stop(PosixSignalContext signal)
{
    if (!stop.IsCancellationRequested)
    {
        signal.Cancel = true;
        stop.Cancel();
    }
}
