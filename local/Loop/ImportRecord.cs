using System.Text.Json;

namespace SasRec.Loop;

/// <summary>What a folder's runs remember of the import of its data: how far it came, and that it is done.</summary>
sealed class ImportRecord(Workspace workspace, RunOptions options)
{
    readonly string progress = Path.Combine(workspace.Folder, "import-progress.json");
    readonly string done = Path.Combine(workspace.Folder, "imported.json");

    /// <summary>How many events the log held when the same data had been imported in the same reading; null where it has not been.</summary>
    public long? Finished =>
        Read<Record>(done) is { } record && record.Data == options.DataHash && record.Reading == Reading ? record.Events : null;

    string Reading => string.Join(' ', options.ReadingOptions);

    /// <summary>Whether an import goes on from where one stopped. Only one file has a place to go on from, and only at the same address.</summary>
    public bool CanGoOn(IReadOnlyList<string> files) =>
        files.Count == 1 && Read<Progress>(progress) is { Line: > 0 } found && found.Url == workspace.Address.AbsoluteUri;

    /// <summary>The arguments with which the trainer's import remembers how far it came.</summary>
    public IReadOnlyList<string> Arguments(IReadOnlyList<string> files)
    {
        if (files.Count != 1)
        {
            return [];
        }

        if (!CanGoOn(files))
        {
            BeginAnew();
        }

        return ["--state", progress];
    }

    /// <summary>Forgets how far an import came.</summary>
    public void BeginAnew() => File.Delete(progress);

    /// <summary>Remembers that everything is in the log.</summary>
    public void Finish(long events)
    {
        BeginAnew();
        File.WriteAllText(done, JsonSerializer.Serialize(new Record(options.DataHash, Reading, events), JsonSerializerOptions.Web));
    }

    static T? Read<T>(string file)
        where T : class
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<T>(File.ReadAllText(file), JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    sealed record Record(string Data, string Reading, long Events);

    sealed record Progress(string Url, long Line);
}
