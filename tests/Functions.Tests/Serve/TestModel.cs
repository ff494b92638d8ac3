using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;

namespace SasRec.Functions.Tests.Serve;

/// <summary>A model with known answers: the score of item j after item i is <c>Score(i, j)</c>.</summary>
sealed class TestModel(int itemCount, float shift = 0)
{
    public const int MaxLength = 5;

    public string[] Items { get; } = [.. Enumerable.Range(0, itemCount).Select(i => $"item {i}")];

    public int[] Counts { get; } = [.. Enumerable.Range(0, itemCount).Select(i => i * 3 % itemCount)];

    /// <summary>A different order after every item, and different scores from model to model.</summary>
    public float Score(int last, int item) => (((item * 7) + (last * 3)) % itemCount / 4f) + shift;

    public byte[] Onnx()
    {
        var scores = new float[itemCount, itemCount];
        var embeddings = new float[itemCount, 2];
        for (var i = 0; i < itemCount; i++)
        {
            // Items lie on rays of a circle, so that the neighbours of an item are the most similar ones.
            var angle = 2 * Math.PI * i / itemCount;
            (embeddings[i, 0], embeddings[i, 1]) = ((float)Math.Cos(angle) * (i + 1), (float)Math.Sin(angle) * (i + 1));
            for (var j = 0; j < itemCount; j++)
            {
                scores[i, j] = Score(i, j);
            }
        }

        return TestNetwork.Onnx(scores, embeddings);
    }

    /// <summary>Publishes the model and, unless told not to, lets it serve.</summary>
    /// <returns>Its version.</returns>
    public async Task<string> PublishAsync(ModelRegistry registry, byte[]? onnx = null, bool activate = true, GateVerdict? verdict = null, string? traceParent = null, ItemNeighbours? neighbours = null, ServedResponse? response = null)
    {
        using var folder = new ScratchFolder();
        await File.WriteAllBytesAsync(folder.File(Names.ModelBlobs.Network), onnx ?? Onnx());
        await using (var catalogue = File.Create(folder.File(Names.ModelBlobs.Items)))
        {
            await new ModelItems(new ItemVocabulary(Items), Counts, new int[itemCount]).WriteAsync(catalogue);
        }

        var manifest = new ModelManifest
        {
            Version = $"{DateTimeOffset.UtcNow:yyyyMMdd'T'HHmmss'Z'}-{Guid.NewGuid():N}"[..25],
            Config = new SasRecConfig { MaxLength = MaxLength },
            Data = new DataRange(null, null, Counts.Sum(), 1, itemCount),
            Protocol = "none",
            TraceParent = traceParent,
            Metrics = new Dictionary<string, double> { ["ndcg@10"] = 0.5 },
            Verdict = verdict,
            Response = response is null ? null : new ResponseSummary(response.Strength, true, "because it helps", 1, 2, 1),
        };
        List<string> names = [Names.ModelBlobs.Network, Names.ModelBlobs.Items];
        if (neighbours is not null)
        {
            await using var file = File.Create(folder.File(Names.ModelBlobs.Neighbours));
            NeighbourFile.Write(neighbours, file);
            names.Add(Names.ModelBlobs.Neighbours);
        }

        if (response is not null)
        {
            await using var file = File.Create(folder.File(Names.ModelBlobs.Response));
            response.Write(file);
            names.Add(Names.ModelBlobs.Response);
        }

        var published = await registry.PublishAsync(manifest, names.ToDictionary(name => name, folder.File));
        if (activate)
        {
            await registry.ActivateAsync(published.Version, "test", "because");
        }

        return published.Version;
    }
}
