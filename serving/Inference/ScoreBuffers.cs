using Microsoft.ML.OnnxRuntime;

namespace SasRec.Serving.Inference;

/// <summary>What one request has the network read and write, pinned once and kept from request to request.</summary>
sealed class ScoreBuffers : IDisposable
{
    /// <param name="itemCount">V.</param>
    /// <param name="room">For how many items there is room, V or more: behind the network's come new ones.</param>
    /// <param name="maxLength">T.</param>
    /// <param name="width">D; 0 where the network's state is not asked for.</param>
    public ScoreBuffers(int itemCount, int room, int maxLength, int width)
    {
        Tokens = new long[maxLength];
        Scores = new float[room];
        State = new float[width];
        var scores = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Scores.AsMemory(0, itemCount), [1, itemCount]);
        Output = width == 0 ? [scores] : [scores, OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, State.AsMemory(), [1, width])];
    }

    /// <summary>[T]: a history, oldest first, item index + 1.</summary>
    public long[] Tokens { get; }

    /// <summary>[room]: logits.</summary>
    public float[] Scores { get; }

    /// <summary>[D]: the network's state after the history.</summary>
    public float[] State { get; }

    /// <summary>[1, V], and [1, D] where it is asked for: the scores and the state as ONNX Runtime sees them.</summary>
    public OrtValue[] Output { get; }

    public void Dispose()
    {
        foreach (var output in Output)
        {
            output.Dispose();
        }
    }
}
