using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>A file of interactions, whatever its layout.</summary>
sealed class InteractionFile : IDisposable
{
    readonly bool isTemporary;

    InteractionFile(string path, string name, bool isTemporary, FileLayout layout, ReadOptions options)
    {
        (Path, Name, this.isTemporary, Layout, Options) = (path, name, isTemporary, layout, options);
        Bytes = new FileInfo(path).Length;
    }

    /// <summary>Where it is; a temporary copy of what came through a pipe.</summary>
    public string Path { get; }

    /// <summary>As the user named it.</summary>
    public string Name { get; }

    /// <summary>How it is laid out.</summary>
    public FileLayout Layout { get; }

    /// <summary>What of it counts, doubts settled.</summary>
    public ReadOptions Options { get; private set; }

    /// <summary>Whether its interactions carry times.</summary>
    public bool HasTimes => Layout.HasTimes;

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>What it holds; null before it was read to its end.</summary>
    public FileSummary? Summary { get; private set; }

    /// <summary>What stands before messages about a line.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Recognises a file by its first lines.</summary>
    /// <param name="name">Its path; <c>-</c> for standard input.</param>
    /// <param name="options">What the user says about it; null for nothing.</param>
    /// <param name="isOneOfSeveral">Whether messages about lines name the file.</param>
    /// <exception cref="UserError">There is no such file, or it cannot be understood.</exception>
    public static InteractionFile Open(string name, ReadOptions? options = null, bool isOneOfSeveral = false)
    {
        var path = Copied(name) ?? name;
        try
        {
            options ??= new ReadOptions();
            return new InteractionFile(path, name == "-" ? "standard input" : name, path != name, LayoutRecognizer.Recognize(path, options), options)
            {
                Prefix = isOneOfSeveral ? $"{name}: " : "",
            };
        }
        catch
        {
            Delete(path, path != name);
            throw;
        }
    }

    /// <summary>The temporary copy of a pipe; null for a file.</summary>
    static string? Copied(string name)
    {
        if (name == "-")
        {
            using var input = System.Console.OpenStandardInput();
            return FileBytes.Spool(input);
        }

        if (!File.Exists(name))
        {
            return null;
        }

        try
        {
            using var file = File.OpenRead(name);
            return file.CanSeek ? null : FileBytes.Spool(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Opening it again tells why it cannot be read.
            return null;
        }
    }

    /// <summary>Reads the interactions in the order of the file.</summary>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <exception cref="UserError">A line cannot be read: the message has its number and what was found.</exception>
    public IEnumerable<FileInteraction> Read(Action<long>? onBytes = null)
    {
        using var reader = OpenReader();
        var told = 0L;
        while (reader.Next())
        {
            Tell(reader, onBytes, ref told);
            yield return new FileInteraction(
                reader.Line,
                reader.User.ToString(),
                reader.Item.ToString(),
                HasTimes ? DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(reader.Time, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) : null,
                reader.Type,
                reader.Source,
                reader.Value,
                reader.EventId);
        }

        Tell(reader, onBytes, ref told, least: 0);
        Summary = reader.Summary;
    }

    /// <summary>Reads the file to its end, to know what it holds.</summary>
    /// <param name="onBytes">Told now and then how many bytes were newly read.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public FileSummary Scan(Action<long>? onBytes = null, CancellationToken cancellation = default)
    {
        using var reader = OpenReader();
        var told = 0L;
        while (reader.Next())
        {
            if (Tell(reader, onBytes, ref told))
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }

        Tell(reader, onBytes, ref told, least: 0);
        return Summary = reader.Summary;
    }

    /// <summary>Reads the whole file into a dataset.</summary>
    /// <param name="options">What is left out; null keeps everything.</param>
    public InteractionDataset ReadDataset(DatasetOptions? options = null) =>
        DatasetReader.Read([this], options, EventMeanings.Default, null, CancellationToken.None);

    /// <summary>Opens a reader of the interactions.</summary>
    public InteractionReader OpenReader() => new(Path, Layout, Options, Prefix);

    /// <summary>Keeps what was found by whoever read the file to its end.</summary>
    public void Found(FileSummary summary) => Summary = summary;

    /// <summary>What may be meant otherwise, once the file was read.</summary>
    public IReadOnlyList<FileDoubt> Doubts() => [.. Summary!.Doubts(Layout, Options)];

    /// <summary>Takes the answer to a doubt.</summary>
    public void Settle(FileDoubt doubt) => Options = doubt.Yes(Options);

    /// <summary>Tells how far a reader has come; returns whether it did.</summary>
    static bool Tell(InteractionReader reader, Action<long>? onBytes, ref long told, long least = 1 << 16)
    {
        var more = reader.Position - told;
        if (more < least)
        {
            return false;
        }

        onBytes?.Invoke(more);
        told += more;
        return true;
    }

    static void Delete(string path, bool isTemporary)
    {
        if (isTemporary)
        {
            File.Delete(path);
        }
    }

    public void Dispose() => Delete(Path, isTemporary);
}
