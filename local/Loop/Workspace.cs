using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using SasRec.Azurite;

namespace SasRec.Loop;

/// <summary>The folder of one data set's run: storage, logs, and the ports and key that hold from one run to the next.</summary>
sealed class Workspace : IDisposable
{
    readonly FileStream taken;

    Workspace(string folder, FileStream taken, Addresses settings)
    {
        this.taken = taken;
        Folder = folder;
        Settings = settings;
    }

    /// <summary>Kept between runs so that a process that outlived a killed run finds the same addresses again.</summary>
    public sealed record Addresses(int Api, int Blob, int Queue, int Table, string Key);

    public string Folder { get; }

    public Addresses Settings { get; }

    /// <summary>Where the HTTP API listens.</summary>
    public Uri Address => new($"http://127.0.0.1:{Settings.Api}/");

    public string StorageFolder => Path.Combine(Folder, "storage");

    public string Log(string name) => Path.Combine(Folder, $"{name}.log");

    /// <summary>Opens the folder for this process alone.</summary>
    /// <exception cref="ArgumentException">Another run has it.</exception>
    public static Workspace Open(RunOptions options)
    {
        var folder = Path.GetFullPath(options.Folder);
        Directory.CreateDirectory(folder);
        FileStream taken;
        try
        {
            taken = new FileStream(Path.Combine(folder, "taken"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ArgumentException($"Another ./run is using {folder}. End it first, or give this one another folder with --folder.");
        }

        if (options.Fresh)
        {
            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => e.Name != "taken"))
            {
                if (entry is DirectoryInfo directory)
                {
                    directory.Delete(recursive: true);
                }
                else
                {
                    entry.Delete();
                }
            }
        }

        var file = Path.Combine(folder, "settings.json");
        var before = File.Exists(file) ? JsonSerializer.Deserialize<Addresses>(File.ReadAllText(file)) : null;
        var settings = new Addresses(
            FreePort(options.Port ?? before?.Api ?? 7071),
            FreePort(before?.Blob ?? 10000),
            FreePort(before?.Queue ?? 10001),
            FreePort(before?.Table ?? 10002),
            before?.Key ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        File.WriteAllText(file, JsonSerializer.Serialize(settings));
        return new Workspace(folder, taken, settings);
    }

    /// <summary>The settings that the functions host and the trainer job get as environment variables.</summary>
    public Dictionary<string, string> Environment() => new()
    {
        ["AzureWebJobsStorage"] = AzuriteServer.ConnectionStringOf(Settings.Blob, Settings.Queue, Settings.Table),
        ["Host__FunctionKey"] = Settings.Key,
        ["Host__StopWhenInputCloses"] = "true",
        ["SASREC_FUNCTION_KEY"] = Settings.Key,

        // One machine has one clock, so a retrain need not wait long for what was just appended.
        ["Storage__FeedMargin"] = "00:00:03",
        ["Storage__FeedLag"] = "00:00:07",
        ["RetrainSchedule"] = "0 0 3 * * *",
        ["Trainer__Command"] = $"dotnet \"{FunctionsHost.Built("SasRec.Trainer")}\" run --json --work \"{Path.Combine(Folder, "work")}\"",
    };

    static int FreePort(int wanted)
    {
        foreach (var port in new[] { wanted, 0 })
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException) when (port != 0)
            {
                Say.Line($"port {port} is taken; using a free one");
            }
        }

        throw new InvalidOperationException("The machine has no free port on the loopback interface.");
    }

    public void Dispose() => taken.Dispose();
}
