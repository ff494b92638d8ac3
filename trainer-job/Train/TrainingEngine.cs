using SasRec.Core.Model;

namespace SasRec.Trainer.Train;

/// <summary>What takes the steps of a training run. For the same options every engine sees the same batches and negatives.</summary>
abstract class TrainingEngine : IDisposable
{
    /// <summary>Steps taken.</summary>
    public long StepCount { get; set; }

    /// <summary>Positions of the last step.</summary>
    public abstract int Positions { get; }

    /// <summary>Takes one step and returns the mean loss of a position.</summary>
    /// <param name="users">Whose sequences; each has at least two interactions.</param>
    public abstract double Step(ReadOnlySpan<int> users);

    /// <summary>Copies the weights out, as they are after every step taken.</summary>
    public abstract void Export(SasRecWeights weights);

    /// <summary>The gradients of the last step, laid out as weights are; for tests.</summary>
    public abstract SasRecWeights Gradients();

    /// <summary>Writes weights and moments as they are.</summary>
    public abstract void Save(Stream stream);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public abstract void Restore(Stream stream);

    public abstract void Dispose();
}
