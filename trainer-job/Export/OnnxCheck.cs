using Microsoft.ML.OnnxRuntime;
using SasRec.Core.Contracts;
using SasRec.Core.Model;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Trainer.Export;

/// <summary>Holds an exported file to the trainer's own scores before anyone may use it.</summary>
public static class OnnxCheck
{
    /// <summary>The largest difference that is rounding and not an error.</summary>
    public const float Tolerance = 1e-4f;

    /// <summary>Loads the file in ONNX Runtime, scores the histories in one batch, and returns the largest absolute difference.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="weights">What it was written from.</param>
    /// <param name="histories">At least one, each at least one item; item indices, oldest first.</param>
    /// <exception cref="InvalidDataException">The difference is above <see cref="Tolerance"/>, or the file scores another item vocabulary.</exception>
    public static float Compare(string path, SasRecWeights weights, IReadOnlyList<ReadOnlyMemory<int>> histories)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(histories);
        var expected = new float[histories.Count * weights.ItemCount];
        using (var scorer = new SasRecScorer(weights))
        {
            scorer.Score(histories, expected);
        }

        var actual = Run(path, weights, histories);
        if (actual.Length != expected.Length)
        {
            throw new InvalidDataException($"{path} gives {actual.Length} scores where the network gives {expected.Length}.");
        }

        var (most, where) = (0f, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var difference = Math.Abs(expected[i] - actual[i]);
            if (!(difference <= most))
            {
                (most, where) = (difference, i);
            }
        }

        if (!(most <= Tolerance))
        {
            throw new InvalidDataException(
                $"{path} differs from the trained network by {most} (item {where % weights.ItemCount} after history "
                + $"{where / weights.ItemCount}: {actual[where]}, not {expected[where]}); {Tolerance} is allowed.");
        }

        return most;
    }

    static float[] Run(string path, SasRecWeights weights, IReadOnlyList<ReadOnlyMemory<int>> histories)
    {
        var tokens = OnnxScorer.Tokens(histories, weights.Config.MaxLength);
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using var session = new InferenceSession(path, options);
        using var input = OrtValue.CreateTensorValueFromMemory(tokens, [histories.Count, tokens.Length / histories.Count]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, [ModelFormat.Items], [input], [ModelFormat.Scores]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }
}
