using SasRec.Core.Model;
using SasRec.Core.Sequences;
using SasRec.Trainer.Train;
using SasRec.Trainer.Train.Cpu;

namespace SasRec.Bench;

/// <summary>The floating-point operations that training needs for one position, forward and backward (three times forward), by part.</summary>
/// <remarks>Matrix products alone: what softmax, layer norm, dropout and Adam compute beside is not counted, though its time is.</remarks>
static class StepFlops
{
    public static IReadOnlyDictionary<Part, double> PerPosition(SequenceDataset data, SasRecConfig config, TrainingOptions options)
    {
        double positions = 0, pairs = 0;
        for (var user = 0; user < data.UserCount; user++)
        {
            double length = Math.Clamp(data.Items(user).Length - 1, 0, config.MaxLength);
            positions += length;
            pairs += length * (length + 1) / 2;
        }

        double width = config.Width;
        return new Dictionary<Part, double>
        {
            [Part.Projections] = config.Blocks * 3 * 3 * 2 * width * width,
            [Part.FeedForward] = config.Blocks * 2 * 3 * 2 * width * width,

            // A causal pair is one product of a query with a key and one of a weight with a value.
            [Part.Attention] = config.Blocks * 2 * 3 * 2 * width * pairs / positions,
            [Part.Loss] = 3 * 2 * width * (options.Negatives + 1),
        };
    }
}
