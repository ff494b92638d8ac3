using SasRec.Core.Content;
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

    /// <summary>Of an item: on a ray of a circle, so that the neighbours of an item are the most similar ones.</summary>
    public (float X, float Y) Embedding(int item)
    {
        var angle = 2 * Math.PI * item / itemCount;
        return ((float)Math.Cos(angle) * (item + 1), (float)Math.Sin(angle) * (item + 1));
    }

    /// <summary>After a history that ends with an item.</summary>
    public (float X, float Y) State(int last) => (last / 10f, 1 - (last / 20f));

    public byte[] Onnx(bool tellsState = true)
    {
        var scores = new float[itemCount, itemCount];
        var (embeddings, states) = (new float[itemCount, 2], new float[itemCount, 2]);
        for (var i = 0; i < itemCount; i++)
        {
            (embeddings[i, 0], embeddings[i, 1]) = Embedding(i);
            (states[i, 0], states[i, 1]) = State(i);
            for (var j = 0; j < itemCount; j++)
            {
                scores[i, j] = Score(i, j);
            }
        }

        return TestNetwork.Onnx(scores, embeddings, tellsState ? states : null);
    }

    /// <summary>Publishes the model and, unless told not to, lets it serve.</summary>
    /// <returns>Its version.</returns>
    public async Task<string> PublishAsync(ModelRegistry registry, byte[]? onnx = null, bool activate = true, GateVerdict? verdict = null, string? traceParent = null, ItemNeighbours? neighbours = null, ServedResponse? response = null, ContentMap? content = null)
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

        if (content is not null)
        {
            await using var file = File.Create(folder.File(Names.ModelBlobs.Content));
            ContentFile.Write(content, file);
            names.Add(Names.ModelBlobs.Content);
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
