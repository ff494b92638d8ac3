using System.Text.Json;
using Azure;

namespace SasRec.Storage.Models;

/// <content>What people decided against the gate. A manifest is never written twice, so it stands beside it.</content>
public sealed partial class ModelRegistry
{
    /// <summary>What the reason of a move begins with where it was made against a verdict.</summary>
    public const string AgainstTheVerdict = "against the gate's verdict: ";

    async Task OverrideAsync(string version, GateOverride made, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(made, ModelJson.Indented.GateOverride);
        await models.GetBlobClient($"{version}/{Names.ModelBlobs.Override}").UploadAsync(new BinaryData(json), overwrite: true, cancellation);
    }

    /// <summary>The manifest with the override of its verdict, where there is one. Only a refusal can have one, so only it is asked.</summary>
    async Task<ModelManifest> WithOverrideAsync(ModelManifest manifest, CancellationToken cancellation)
    {
        if (manifest.Verdict is not { Passed: false } verdict)
        {
            return manifest;
        }

        try
        {
            var response = await models.GetBlobClient($"{manifest.Version}/{Names.ModelBlobs.Override}").DownloadContentAsync(cancellation);
            var made = JsonSerializer.Deserialize(response.Value.Content, ModelJson.Indented.GateOverride)!;
            return manifest with { Verdict = verdict with { OverriddenBy = made.By, Override = made } };
        }
        catch (Exception e) when (e is RequestFailedException { Status: 404 } or JsonException)
        {
            // One that cannot be read overrides nothing.
            return manifest;
        }
    }
}
