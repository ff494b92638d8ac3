using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Exchange;

/// <summary>What one part came to.</summary>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Users">How many users it is about; 0 where it is about none.</param>
sealed record Part(long Rows, long Users = 0);

/// <summary>What a folder of parts holds, as its state file tells.</summary>
/// <param name="FormatVersion">The format of the state.</param>
/// <param name="Asked">What was asked for, by option: the same command goes on, another one is refused.</param>
/// <param name="Found">What the first run found and those that go on keep to: the time, the model's version, ...</param>
/// <param name="Parts">The finished parts by file name.</param>
sealed record PartState(
    int FormatVersion, IReadOnlyDictionary<string, string> Asked, IReadOnlyDictionary<string, string> Found, IReadOnlyDictionary<string, Part> Parts);

/// <summary>A folder that is written part by part, so that a command that was stopped, or killed, goes on where it was.</summary>
/// <remarks>
/// A part is written under another name, flushed to disk and renamed; only then does the state name it. A part that the state does not name
/// is written anew. So each part is there whole and once, whenever the process ends. Engines that read folders pass over names that begin
/// with an underscore or a point.
/// </remarks>
sealed class PartFolder
{
    /// <summary>The state's file.</summary>
    public const string StateFile = "_state.json";

    const int KnownFormat = 1;

    static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    readonly string path;
    readonly SortedDictionary<string, Part> parts;

    PartFolder(string path, IReadOnlyDictionary<string, string> asked, IReadOnlyDictionary<string, string>? found, IReadOnlyDictionary<string, Part> parts)
    {
        (this.path, Asked, Found) = (path, asked, found ?? new Dictionary<string, string>());
        this.parts = new SortedDictionary<string, Part>(parts.ToDictionary(), StringComparer.Ordinal);
        GoesOn = found is not null;
    }

    /// <summary>What was asked for.</summary>
    public IReadOnlyDictionary<string, string> Asked { get; }

    /// <summary>What the first run found; empty until <see cref="Begin"/>.</summary>
    public IReadOnlyDictionary<string, string> Found { get; private set; }

    /// <summary>Whether an earlier run began it.</summary>
    public bool GoesOn { get; }

    /// <summary>The finished parts by file name.</summary>
    public IReadOnlyDictionary<string, Part> Parts => parts;

    /// <summary>Opens a folder, or goes on with one.</summary>
    /// <param name="path">The folder; made if missing.</param>
    /// <param name="asked">What is asked for.</param>
    /// <param name="restart">Whether to begin anew: files of the parts that were finished are removed.</param>
    /// <exception cref="UserError">The folder is of another command; the message names the option, what is asked for and what was.</exception>
    public static PartFolder Open(string path, IReadOnlyDictionary<string, string> asked, bool restart)
    {
        Directory.CreateDirectory(path);
        if (Load(path) is not { } state)
        {
            return new PartFolder(path, asked, null, new Dictionary<string, Part>());
        }

        if (restart)
        {
            foreach (var name in state.Parts.Keys)
            {
                File.Delete(Path.Combine(path, name));
            }

            File.Delete(Path.Combine(path, StateFile));
            return new PartFolder(path, asked, null, new Dictionary<string, Part>());
        }

        var other = asked.Keys.Union(state.Asked.Keys).FirstOrDefault(name => asked.GetValueOrDefault(name, "") != state.Asked.GetValueOrDefault(name, ""));
        return other is null
            ? new PartFolder(path, asked, state.Found, state.Parts)
            : throw new UserError(
                $"{path} was begun with {other} '{state.Asked.GetValueOrDefault(other, "")}'. Found: '{asked.GetValueOrDefault(other, "")}'. "
                + "Name another folder, or --restart to begin anew.")
            {
                Code = ExitCode.Usage,
            };
    }

    /// <summary>Notes what the first run found, before its first part.</summary>
    public void Begin(IReadOnlyDictionary<string, string> found)
    {
        Found = found;
        Save();
    }

    /// <summary>Writes a part, unless it is there.</summary>
    /// <param name="name">Its file, relative to the folder.</param>
    /// <param name="write">Writes the file of a path.</param>
    /// <returns>What it came to; null where it was there.</returns>
    public async Task<Part?> WriteAsync(string name, Func<string, Task<Part>> write)
    {
        if (parts.ContainsKey(name))
        {
            return null;
        }

        var file = Path.Combine(path, name);
        var partial = Path.Combine(Path.GetDirectoryName(file)!, "." + Path.GetFileName(file) + ".partial");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var part = await write(partial);
        using (var written = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite))
        {
            written.Flush(flushToDisk: true);
        }

        File.Move(partial, file, overwrite: true);
        parts[name] = part;
        Save();
        return part;
    }

    static PartState? Load(string path)
    {
        var file = Path.Combine(path, StateFile);
        if (!File.Exists(file))
        {
            return null;
        }

        try
        {
            var state = JsonSerializer.Deserialize<PartState>(File.ReadAllBytes(file), JsonOptions);
            return state is { FormatVersion: KnownFormat, Asked: not null, Found: not null, Parts: not null }
                ? state
                : throw new UserError($"{file} has format {state?.FormatVersion}; {KnownFormat} is known. Name another folder.");
        }
        catch (JsonException e)
        {
            throw new UserError($"{file} cannot be read: {e.Message} Delete it, and the same command begins anew.", e);
        }
    }

    void Save()
    {
        var (file, draft) = (Path.Combine(path, StateFile), Path.Combine(path, StateFile + ".new"));
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(new PartState(KnownFormat, Asked, Found, parts), JsonOptions));
        File.Move(draft, file, overwrite: true);
    }
}
