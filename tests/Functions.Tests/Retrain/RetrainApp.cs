namespace SasRec.Functions.Tests.Retrain;

/// <summary>An application whose trainer job is a script that each test writes, run in a folder of its own.</summary>
public sealed class RetrainApp : IAsyncLifetime
{
    TestApp? app;

    internal TestApp App => app ?? throw new InvalidOperationException("The application has not started.");

    internal ScratchFolder Folder { get; } = new();

    /// <summary>The setting with which another application runs the same script.</summary>
    internal string Command => $"Trainer:Command=bash \"{Folder.File("job.sh")}\"";

    /// <summary>Writes the script, which may wait for a file "go".</summary>
    internal void Job(string script)
    {
        File.Delete(Folder.File("go"));
        File.WriteAllText(Folder.File("job.sh"), $"cd '{Folder.Path}'\n{script}\n");
    }

    public async ValueTask InitializeAsync() =>
        app = await TestApp.StartAsync(Command, "Retrain:MinimumNewEvents=3", "Health:KeepFor=00:00:00", "Logging:LogLevel:SasRec=Error");

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
        }

        Folder.Dispose();
    }
}
