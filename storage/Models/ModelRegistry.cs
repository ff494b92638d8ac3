using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace SasRec.Storage.Models;

/// <summary>Published models, each immutable, and the pointer to the one that serves.</summary>
/// <remarks>
/// A version is a folder; nothing in it is ever written twice, and its manifest is written last, so a version with a manifest is whole and
/// one without is invisible. The pointer is one small blob moved with If-Match: publication, rollback and pin are the same single write.
/// </remarks>
public sealed partial class ModelRegistry(StorageConnection storage)
{
    const string PointerDamage = "models/current.json cannot be read; activating a version writes it anew.";

    readonly BlobContainerClient models = storage.Container(Names.ModelsContainer);

    /// <summary>The space whose models these are; empty for the default one.</summary>
    public string Space => storage.Options.Space;

    /// <summary>Uploads a model and its manifest. The model does not serve before <see cref="ActivateAsync"/>.</summary>
    /// <param name="manifest">What the model is; version, time and files are filled in where missing.</param>
    /// <param name="files">The path of each file by the name that it gets, "model.onnx" and others.</param>
    /// <param name="cancellation">Ends the upload; what was uploaded stays invisible.</param>
    /// <returns>The manifest as published.</returns>
    /// <exception cref="ArgumentException">There is no file.</exception>
    /// <exception cref="RequestFailedException">The version exists (409), or storage failed.</exception>
    public async Task<ModelManifest> PublishAsync(
        ModelManifest manifest, IReadOnlyDictionary<string, string> files, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(files);
        if (files.Count == 0)
        {
            throw new ArgumentException("A model has at least one file.", nameof(files));
        }

        var hashed = new Dictionary<string, ModelFile>();
        foreach (var (name, path) in files)
        {
            await using var content = File.OpenRead(path);
            hashed[name] = new ModelFile(Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation)), content.Length);
        }

        var createdAt = manifest.CreatedAt == default ? storage.Time.GetUtcNow() : manifest.CreatedAt;
        var complete = manifest with
        {
            CreatedAt = createdAt,
            Version = manifest.Version.Length > 0 ? manifest.Version : VersionOf(createdAt, hashed),
            Files = hashed,
        };
        foreach (var (name, path) in files)
        {
            await using var content = File.OpenRead(path);
            await models.GetBlobClient($"{complete.Version}/{name}").UploadAsync(content, OnlyIfAbsent(), cancellation);
        }

        var json = JsonSerializer.SerializeToUtf8Bytes(complete, ModelJson.Indented.ModelManifest);
        await models.GetBlobClient($"{complete.Version}/{Names.ModelBlobs.Manifest}")
            .UploadAsync(new BinaryData(json), OnlyIfAbsent(), cancellation);
        return complete;
    }

    /// <summary>Lets a version serve: a first publication, a newer model, a rollback or a pin.</summary>
    /// <param name="version">The version.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="overrule">Also if the gate refused the version; that is recorded, and found in its verdict from then on.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelRefusedException">The gate refused it, and <paramref name="overrule"/> is false.</exception>
    public async Task<ActiveModel> ActivateAsync(
        string version, string who, string reason, bool overrule = false, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(who);
        if ((await GetAsync(version, cancellation)).Verdict is not { Passed: false } verdict)
        {
            return await MoveAsync(version, who, reason, _ => { }, cancellation);
        }

        if (!overrule)
        {
            throw new ModelRefusedException(version, verdict);
        }

        // Recorded before it serves: a refused model that serves without a name behind it must not be.
        await OverrideAsync(version, new GateOverride(who, storage.Time.GetUtcNow(), reason), cancellation);
        return await MoveAsync(version, who, AgainstTheVerdict + reason, _ => { }, cancellation);
    }

    /// <summary>Lets a version serve if the one that serves is still the one that it was judged against.</summary>
    /// <param name="version">The version.</param>
    /// <param name="expected">The version that serves; null for none.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelPointerMovedException">Another version serves meanwhile.</exception>
    public Task<ActiveModel> ReplaceAsync(
        string version, string? expected, string who, string reason, CancellationToken cancellation = default) =>
        MoveAsync(version, who, reason, found =>
        {
            if (found != expected)
            {
                throw new ModelPointerMovedException(expected, found);
            }
        }, cancellation);

    /// <summary>Which model serves; null before the first.</summary>
    public Task<ActiveModel?> CurrentAsync(CancellationToken cancellation = default) => CurrentIfChangedAsync(null, cancellation);

    /// <summary>Which model serves, if the pointer moved; null if it did not, or if there is none.</summary>
    /// <param name="etag">The pointer as last seen; null for never.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<ActiveModel?> CurrentIfChangedAsync(string? etag, CancellationToken cancellation = default)
    {
        try
        {
            var options = new BlobDownloadOptions
            {
                Conditions = etag is null ? null : new BlobRequestConditions { IfNoneMatch = new ETag(etag) },
            };
            var response = await models.GetBlobClient(Names.ModelBlobs.Current).DownloadContentAsync(options, cancellation);
            if (response.GetRawResponse().Status == 304)
            {
                return null;
            }

            var tag = response.Value.Details.ETag.ToString();
            return Parse(response.Value.Content) is { } pointer
                ? new ActiveModel(pointer, tag)
                : new ActiveModel(await InPlaceOfPointerAsync(cancellation), tag, PointerDamage);
        }
        catch (RequestFailedException e) when (e.Status is 304 or 404)
        {
            return null;
        }
    }

    static ModelPointer? Parse(BinaryData json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ModelJson.Indented.ModelPointer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Where the pointer cannot be read: the newest model that the gate let through, else the newest.</summary>
    /// <exception cref="ModelNotFoundException">There is no model at all.</exception>
    async Task<ModelPointer> InPlaceOfPointerAsync(CancellationToken cancellation)
    {
        var models = await ListAsync(cancellation: cancellation);
        var model = models.FirstOrDefault(m => m.Verdict is not { Passed: false, OverriddenBy: null }) ?? (models is [var newest, ..]
            ? newest
            : throw new ModelNotFoundException(Names.ModelBlobs.Current));
        return new ModelPointer { Version = model.Version, History = [new ModelMove(model.Version, null, model.CreatedAt, "registry", PointerDamage)] };
    }

    /// <summary>The newest published models, newest first, without those that cannot be read and those whose format is not known yet.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Ends the call.</param>
    public async Task<IReadOnlyList<ModelManifest>> ListAsync(int count = 50, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var versions = new List<string>();
        await foreach (var blob in models.GetBlobsAsync(cancellationToken: cancellation))
        {
            if (blob.Name.EndsWith("/" + Names.ModelBlobs.Manifest, StringComparison.Ordinal))
            {
                versions.Add(blob.Name[..^(Names.ModelBlobs.Manifest.Length + 1)]);
            }
        }

        var newest = versions.OrderDescending(StringComparer.Ordinal).Take(count);
        return [.. (await Task.WhenAll(newest.Select(version => FindReadableAsync(version, cancellation)))).OfType<ModelManifest>()];
    }

    /// <summary>The manifest of a version.</summary>
    /// <exception cref="ModelNotFoundException">There is no such version.</exception>
    /// <exception cref="ModelCorruptException">Its manifest cannot be read.</exception>
    /// <exception cref="NewerFormatException">Its format is not known yet.</exception>
    public async Task<ModelManifest> GetAsync(string version, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(version);
        try
        {
            var response = await models.GetBlobClient($"{version}/{Names.ModelBlobs.Manifest}").DownloadContentAsync(cancellation);
            return await WithOverrideAsync(ModelManifest.Read(response.Value.Content), cancellation);
        }
        catch (JsonException)
        {
            throw new ModelCorruptException(version, Names.ModelBlobs.Manifest, "cannot be read");
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            throw new ModelNotFoundException(version, e);
        }
    }

    async Task<ModelManifest?> FindReadableAsync(string version, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(version, cancellation);
        }
        catch (Exception e) when (e is NewerFormatException or ModelCorruptException or ModelNotFoundException)
        {
            return null;
        }
    }

    async Task<ActiveModel> MoveAsync(string version, string who, string reason, Action<string?> check, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(who);
        ArgumentNullException.ThrowIfNull(reason);
        await GetAsync(version, cancellation);
        while (true)
        {
            var current = await CurrentAsync(cancellation);
            check(current?.Pointer.Version);
            var move = new ModelMove(version, current?.Pointer.Version, storage.Time.GetUtcNow(), who, reason);
            var pointer = new ModelPointer
            {
                Version = version,
                History = [move, .. (current?.Pointer.History ?? []).Take(ModelPointer.MaxHistory - 1)],
            };
            var options = new BlobUploadOptions
            {
                Conditions = current is null
                    ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                    : new BlobRequestConditions { IfMatch = new ETag(current.ETag) },
            };
            try
            {
                var json = JsonSerializer.SerializeToUtf8Bytes(pointer, ModelJson.Indented.ModelPointer);
                var response = await models.GetBlobClient(Names.ModelBlobs.Current)
                    .UploadAsync(new BinaryData(json), options, cancellation);
                return new ActiveModel(pointer, response.Value.ETag.ToString());
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                // Somebody else moved it in between: look again, so that the history keeps both moves.
            }
        }
    }

    static BlobUploadOptions OnlyIfAbsent() => new() { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };

    static string VersionOf(DateTimeOffset createdAt, Dictionary<string, ModelFile> files)
    {
        // The time to the tick as well: the same data and seed make the same files, and two runs may end in one second.
        var all = string.Join(
            '\n', files.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key} {f.Value.Sha256}").Prepend($"{createdAt.UtcTicks}"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)).AsSpan(0, 4));
        return createdAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture) + "-" + hash;
    }
}
