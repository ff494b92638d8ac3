using Microsoft.ML.OnnxRuntime;

namespace SasRec.Functions.Inference;

/// <summary>What one request has the network read and write, pinned once and kept from request to request.</summary>
sealed class ScoreBuffers : IDisposable
{
    /// <param name="itemCount">V.</param>
    /// <param name="maxLength">T.</param>
    public ScoreBuffers(int itemCount, int maxLength)
    {
        Tokens = new long[maxLength];
        Scores = new float[itemCount];
        Output = [OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Scores.AsMemory(), [1, itemCount])];
    }

    /// <summary>[T]: a history, oldest first, item index + 1.</summary>
    public long[] Tokens { get; }

    /// <summary>[V]: logits.</summary>
    public float[] Scores { get; }

    /// <summary>[1, V]: <see cref="Scores"/> as ONNX Runtime sees them.</summary>
    public OrtValue[] Output { get; }

    public void Dispose() => Output[0].Dispose();
}
