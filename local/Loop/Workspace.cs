using System.Security.Cryptography;
using System.Text.Json;
using SasRec.Azurite;

namespace SasRec.Loop;

/// <summary>The folder of one data set's run: storage, logs, and the ports and key that hold from one run to the next.</summary>
sealed class Workspace : IDisposable
{
    readonly FileStream taken;
    readonly IReadOnlyList<HeldPort> ports;

    Workspace(string folder, FileStream taken, IReadOnlyList<HeldPort> ports, Addresses settings)
    {
        (this.taken, this.ports) = (taken, ports);
        Folder = folder;
        Settings = settings;
    }

    /// <summary>Kept between runs so that a process that outlived a killed run finds the same addresses again.</summary>
    /// <param name="Api">The port of the HTTP API.</param>
    /// <param name="Blob">The emulator's port of blobs.</param>
    /// <param name="Queue">The emulator's port of queues.</param>
    /// <param name="Table">The emulator's port of tables.</param>
    /// <param name="Key">The function key.</param>
    /// <param name="Data">A hash of the data that the folder is for; null in folders of old.</param>
    public sealed record Addresses(int Api, int Blob, int Queue, int Table, string Key, string? Data = null);

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
        var taken = Take(folder);
        try
        {
            return Open(options, folder, taken);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    static FileStream Take(string folder)
    {
        var file = Path.Combine(folder, "taken");
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(IsHeld(e, file)
                ? $"Another ./run is using {folder}. End it first, or give this one another folder with --folder."
                : $"Cannot write to {folder}: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}. Give a folder that can be written to with --folder.");
        }
    }

    // A lock is told apart from a file system that cannot be written: the file is there, and another process has it open.
    static bool IsHeld(Exception e, string file) =>
        e is IOException and not DirectoryNotFoundException && File.Exists(file) && e.Message.Contains("another process", StringComparison.Ordinal);

    static Workspace Open(RunOptions options, string folder, FileStream taken)
    {
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
        if (before?.Data is { } data && data != options.DataHash)
        {
            throw new ArgumentException($"{folder} holds other data. Give another folder with --folder, or forget what it holds with --fresh.");
        }

        var ports = new List<HeldPort>();
        foreach (var (wanted, isAsked) in new[]
        {
            (options.Port ?? before?.Api ?? 7071, options.Port is > 0), (before?.Blob ?? 10000, false), (before?.Queue ?? 10001, false), (before?.Table ?? 10002, false),
        })
        {
            ports.Add(HeldPort.Take(wanted, isAsked));
        }

        var settings = new Addresses(
            ports[0].Number,
            ports[1].Number,
            ports[2].Number,
            ports[3].Number,
            before?.Key ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            options.DataHash);
        // It holds the key.
        File.WriteAllText(file, "");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.WriteAllText(file, JsonSerializer.Serialize(settings));
        return new Workspace(folder, taken, ports, settings);
    }

    /// <summary>The settings that the functions host and the trainer job get as environment variables.</summary>
    public Dictionary<string, string> Environment() => new()
    {
        ["AzureWebJobsStorage"] = AzuriteServer.ConnectionStringOf(Settings.Blob, Settings.Queue, Settings.Table),
        ["Host__FunctionKey"] = Settings.Key,

        // The emulator has the same processors as everything else here.
        ["Serve__HistoryTimeout"] = "00:00:02",
        ["Host__StopWhenInputCloses"] = "true",
        ["SASREC_FUNCTION_KEY"] = Settings.Key,

        // One machine has one clock, so a retrain need not wait long for what was just appended.
        ["Storage__FeedMargin"] = "00:00:03",
        ["Storage__FeedLag"] = "00:00:07",
        ["RetrainSchedule"] = "0 0 3 * * *",
        ["Trainer__Command"] = $"dotnet \"{FunctionsHost.Built("SasRec.Trainer")}\" run --json --work \"{Path.Combine(Folder, "work")}\"",
    };

    public void Dispose()
    {
        foreach (var port in ports)
        {
            port.Dispose();
        }

        taken.Dispose();
    }
}
