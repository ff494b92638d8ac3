namespace SasRec.Storage;

/// <summary>Stored data has a format that a newer version of this program wrote.</summary>
/// <param name="what">What was read: "The training snapshot".</param>
/// <param name="found">The format version that it has.</param>
/// <param name="known">The newest format version that this program reads.</param>
public sealed class NewerFormatException(string what, int found, int known)
    : Exception($"{what} has format version {found}, but this program reads versions up to {known}: use the version that wrote it.")
{
    /// <summary>Refuses what is newer than this program knows.</summary>
    internal static void ThrowIfNewer(string what, int found, int known)
    {
        if (found > known)
        {
            throw new NewerFormatException(what, found, known);
        }
    }
}
