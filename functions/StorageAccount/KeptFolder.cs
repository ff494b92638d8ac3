namespace SasRec.Functions.StorageAccount;

/// <summary>Where an instance keeps on its disk what it last read of a space.</summary>
static class KeptFolder
{
    /// <summary>The folder of a space; empty for nowhere.</summary>
    /// <param name="folder">The folder of the default space; empty for nowhere.</param>
    /// <param name="space">The space's name; empty for the default one.</param>
    public static string Of(string folder, string space) => folder.Length == 0 || space.Length == 0 ? folder : Path.Combine(OfSpaces(folder), space);

    /// <summary>Removes what was kept of spaces that there are no more.</summary>
    /// <param name="folder">The folder of the default space; empty for nowhere.</param>
    /// <param name="spaces">The spaces that there are.</param>
    public static void RemoveOthers(string folder, IReadOnlyCollection<string> spaces)
    {
        if (folder.Length > 0 && Directory.Exists(OfSpaces(folder)))
        {
            foreach (var other in Directory.GetDirectories(OfSpaces(folder)).Where(other => !spaces.Contains(Path.GetFileName(other))))
            {
                Directory.Delete(other, recursive: true);
            }
        }
    }

    // Beside the folder of the default space, which removes models that it does not know.
    static string OfSpaces(string folder) => Path.TrimEndingDirectorySeparator(folder) + ".spaces";
}
