using System.Security.Cryptography;
using System.Text.Json;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Import;

/// <summary>How far an import came: enough to go on from there and to notice that it is another import.</summary>
/// <param name="File">The file's full path.</param>
/// <param name="Url">The host.</param>
/// <param name="PrefixBytes">How many bytes of the file's beginning <paramref name="PrefixSha256"/> covers.</param>
/// <param name="PrefixSha256">What the file began with.</param>
/// <param name="Line">All lines up to this one are accepted.</param>
sealed record ImportState(string File, string Url, long PrefixBytes, string PrefixSha256, long Line)
{
    const int LongestPrefix = 1 << 16;

    static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The state of an import that has not begun.</summary>
    public static ImportState Begin(string file, Uri url)
    {
        var bytes = Math.Min(LongestPrefix, new FileInfo(file).Length);
        return new ImportState(file, url.ToString(), bytes, Prefix(file, bytes), 0);
    }

    /// <summary>What a state file remembers; a new beginning where there is none.</summary>
    /// <exception cref="UserError">The state file is of another import, or cannot be read.</exception>
    public static ImportState Load(string stateFile, string file, Uri url)
    {
        if (!System.IO.File.Exists(stateFile))
        {
            return Begin(file, url);
        }

        ImportState? state;
        try
        {
            state = JsonSerializer.Deserialize<ImportState>(System.IO.File.ReadAllBytes(stateFile), JsonOptions);
        }
        catch (JsonException e)
        {
            throw new UserError($"{stateFile} is not the state of an import: {e.Message} Delete it to begin anew.", e);
        }

        var same = state is not null && state.File == file && state.Url == url.ToString() && state.PrefixBytes <= new FileInfo(file).Length
            && state.PrefixSha256 == Prefix(file, state.PrefixBytes);
        return same ? state! : throw new UserError(
            $"{stateFile} is of another import ({state?.File} to {state?.Url}). Name another state file, or delete it to begin anew.");
    }

    /// <summary>Writes the state so that a crash leaves the old or the new one.</summary>
    public void Save(string stateFile)
    {
        var draft = stateFile + ".new";
        try
        {
            System.IO.File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(this, JsonOptions));
            System.IO.File.Move(draft, stateFile, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"Cannot write {stateFile}: {e.Message}", e);
        }
    }

    static string Prefix(string file, long bytes)
    {
        var prefix = new byte[bytes];
        using var stream = System.IO.File.OpenRead(file);
        stream.ReadExactly(prefix);
        return Convert.ToHexStringLower(SHA256.HashData(prefix));
    }
}
