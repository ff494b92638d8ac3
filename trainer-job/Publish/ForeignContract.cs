using Microsoft.ML.OnnxRuntime;
using SasRec.Core.Contracts;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Publish;

/// <summary>Holds a model that something else trained to the contract of docs/exchange.md, and says everything that is wrong at once.</summary>
static class ForeignContract
{
    const float Tolerance = 1e-3f;

    /// <summary>Checks a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <param name="items">Its items.</param>
    /// <exception cref="UserError">Something is wrong; the message names each field, what it must be and what was found.</exception>
    public static void Check(ModelFolder folder, ModelManifest manifest, ModelItems items)
    {
        var wrong = new List<string>();
        Require(manifest.Config.MaxLength is >= 2 and <= 4_096, "manifest.json: config.maxLength", "2 to 4,096", $"{manifest.Config.MaxLength}");
        Require(manifest.Data.To is not null, "manifest.json: data.to", "the time of the newest interaction that it was trained on", "null");
        Require(manifest.Data.Items == items.Items.Count, "manifest.json: data.items", $"{items.Items.Count}, the number of ids of items.json", $"{manifest.Data.Items}");
        Require(manifest.Verdict is null, "manifest.json: verdict", "absent: the gate decides", "given");
        Require(items.Items.Count > 0, "items.json: ids", "one or more", "none");
        if (wrong.Count == 0)
        {
            CheckNetwork(folder.Files[Names.ModelBlobs.Network], manifest.Config.MaxLength, items.Items.Count, wrong);
        }

        if (wrong.Count > 0)
        {
            throw new UserError($"{folder.Path} breaks the contract of docs/exchange.md. {string.Join(' ', wrong)}") { Code = ExitCode.Usage };
        }

        void Require(bool holds, string field, string expected, string found)
        {
            if (!holds)
            {
                wrong.Add($"{field} must be {expected}. Found: {found}.");
            }
        }
    }

    static void CheckNetwork(string path, int maxLength, int itemCount, List<string> wrong)
    {
        InferenceSession session;
        try
        {
            using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            wrong.Add($"model.onnx must load in ONNX Runtime. Found: {e.Message.ReplaceLineEndings(" ").Trim()}");
            return;
        }

        using (session)
        {
            foreach (var name in session.InputMetadata.Keys.Where(name => name != ModelFormat.Items))
            {
                wrong.Add($"model.onnx: inputs must be '{ModelFormat.Items}' alone. Found: '{name}'.");
            }

            Node("input", session.InputMetadata, ModelFormat.Items, typeof(long), -1, "int64 [batch, time], both free");
            Node("output", session.OutputMetadata, ModelFormat.Scores, typeof(float), itemCount, $"float [batch, {itemCount}]");
            Node("output", session.OutputMetadata, ModelFormat.ItemEmbeddings, typeof(float), -1, $"float [{itemCount}, width]");
            if (wrong.Count == 0)
            {
                CheckScores(session, maxLength, itemCount, wrong);
            }
        }

        void Node(string kind, IReadOnlyDictionary<string, NodeMetadata> nodes, string name, Type type, int columns, string expected)
        {
            var node = nodes.GetValueOrDefault(name);
            if (node is null || node.ElementType != type || node.Dimensions.Length != 2
                || (columns >= 0 && node.Dimensions[1] >= 0 && node.Dimensions[1] != columns)
                || (kind == "input" && node.Dimensions.Any(size => size >= 0)))
            {
                wrong.Add($"model.onnx: {kind} '{name}' must be {expected}. Found: "
                    + (node is null ? $"none, but {string.Join(", ", nodes.Keys.Select(other => $"'{other}'"))}." : $"{node.ElementType.Name} [{string.Join(", ", node.Dimensions)}]."));
            }
        }
    }

    /// <summary>Scores are finite, of the right number, and do not depend on padding or on the other histories of a batch.</summary>
    static void CheckScores(InferenceSession session, int maxLength, int itemCount, List<string> wrong)
    {
        try
        {
            long[] history = [.. Enumerable.Range(0, Math.Max(1, maxLength / 2)).Select(i => ModelFormat.Token(i % itemCount))];
            var alone = Run(session, history, 1, ModelFormat.Scores);
            long[] padded = [.. Enumerable.Repeat(ModelFormat.Padding, maxLength - history.Length), .. history, .. Enumerable.Repeat(ModelFormat.Token(itemCount - 1), maxLength)];
            var both = Run(session, padded, 2, ModelFormat.Scores);
            if (alone.Length != itemCount || both.Length != 2 * itemCount)
            {
                wrong.Add($"model.onnx: output '{ModelFormat.Scores}' must be a score for each of {itemCount} items and each history. Found: {alone.Length} for one, {both.Length} for two.");
                return;
            }

            if (Array.FindIndex(both, score => !float.IsFinite(score)) is >= 0 and var odd)
            {
                wrong.Add($"model.onnx: output '{ModelFormat.Scores}' must be finite. Found: {both[odd]} for item {odd % itemCount} after history {odd / itemCount}.");
                return;
            }

            var scale = Math.Max(1, alone.Max(MathF.Abs));
            var item = Enumerable.Range(0, itemCount).MaxBy(i => MathF.Abs(alone[i] - both[i]));
            if (MathF.Abs(alone[item] - both[item]) > Tolerance * scale)
            {
                wrong.Add($"model.onnx: output '{ModelFormat.Scores}' must not depend on padding (token {ModelFormat.Padding} on the left). "
                    + FormattableString.Invariant($"Found: {both[item]} with and {alone[item]} without, for item {item}."));
            }

            var embeddings = Run(session, history, 1, ModelFormat.ItemEmbeddings);
            if (embeddings.Length == 0 || embeddings.Length % itemCount != 0)
            {
                wrong.Add($"model.onnx: output '{ModelFormat.ItemEmbeddings}' must be a row for each of {itemCount} items. Found: {embeddings.Length} numbers.");
            }
        }
        catch (OnnxRuntimeException e)
        {
            wrong.Add($"model.onnx must score histories of 1 to {maxLength} items, one or more together. Found: {e.Message.ReplaceLineEndings(" ").Trim()}");
        }
    }

    static float[] Run(InferenceSession session, long[] tokens, int count, string output)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(tokens, [count, tokens.Length / count]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [ModelFormat.Items], [input], [output]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
