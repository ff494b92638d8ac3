using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Publish;

/// <summary>Holds a folder for one writer, and shows before the work whether it can be written to at all.</summary>
sealed class FolderLock : IDisposable
{
    readonly FileStream held;

    FolderLock(FileStream held) => this.held = held;

    /// <summary>Makes the folder if it is missing, and takes it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="option">The option that named it, for messages.</param>
    /// <exception cref="UserError">It cannot be written to, or another process has it.</exception>
    public static FolderLock Take(string folder, string option)
    {
        var file = Path.Combine(folder, ".lock");
        try
        {
            Directory.CreateDirectory(folder);
            return new FolderLock(new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            var reason = e is IOException && File.Exists(file) ? "another process writes to it; wait for its end" : e.Message.ReplaceLineEndings(" ").TrimEnd('.');
            throw new UserError($"{option} '{folder}' cannot be used: {reason}. Or name another folder.", e) { Code = ExitCode.Usage };
        }
    }

    public void Dispose() => held.Dispose();
}
