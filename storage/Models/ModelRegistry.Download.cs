using System.Security.Cryptography;
using Azure;

namespace SasRec.Storage.Models;

/// <content>Models on their way to a folder, each file checked against its manifest.</content>
public sealed partial class ModelRegistry
{
    /// <summary>Brings a version's files into a folder and checks each against its manifest. A file that is there
    /// and right is kept.</summary>
    /// <param name="version">The version.</param>
    /// <param name="folder">Where to; created if missing.</param>
    /// <param name="files">Which files; null for all.</param>
    /// <param name="cancellation">Ends the download; no file is left half written under its name.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelCorruptException">A file is missing, or its SHA-256 is not the manifest's.</exception>
    public async Task<ModelManifest> DownloadAsync(
        string version, string folder, IReadOnlyCollection<string>? files = null, CancellationToken cancellation = default)
    {
        var manifest = await GetAsync(version, cancellation);
        Directory.CreateDirectory(folder);
        foreach (var name in files ?? manifest.Files.Keys.ToArray())
        {
            if (!manifest.Files.TryGetValue(name, out var expected))
            {
                throw new ModelCorruptException(version, name, "is not in its manifest");
            }

            await DownloadAsync(version, name, expected, Path.Combine(folder, name), cancellation);
        }

        return manifest;
    }

    async Task DownloadAsync(string version, string name, ModelFile expected, string path, CancellationToken cancellation)
    {
        if (File.Exists(path) && await HashAsync(path, cancellation) == expected.Sha256)
        {
            return;
        }

        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await models.GetBlobClient($"{version}/{name}").DownloadToAsync(partial, cancellation);
            var found = await HashAsync(partial, cancellation);
            if (found != expected.Sha256)
            {
                throw new ModelCorruptException(version, name, $"has the SHA-256 {found}; its manifest says {expected.Sha256}");
            }

            File.Move(partial, path, overwrite: true);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new ModelCorruptException(version, name, "is missing");
        }
        finally
        {
            File.Delete(partial);
        }
    }

    static async Task<string> HashAsync(string path, CancellationToken cancellation)
    {
        await using var content = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
    }
}
