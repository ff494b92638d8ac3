using SasRec.Trainer.Train.Cpu;
using static TorchSharp.torch;

namespace SasRec.Trainer.Train.Torch;

/// <summary>A planned batch as tensors. Sequences are padded on the left to the longest, and so are groups of positions with the same negatives.</summary>
/// <remarks>B sequences, L the longest, P positions, G groups of negatives, M positions in the largest group, K negatives a group.</remarks>
sealed class TorchBatch
{
    public TorchBatch(BatchPlan plan, TrainingOptions options, Device device)
    {
        var lastChunk = plan.Chunks[plan.ShardChunks[^1] - 1];
        Sequences = lastChunk.FirstSequence + lastChunk.Sequences;
        Longest = plan.Sequences[..Sequences].Max(sequence => sequence.Length);
        var (inputs, places, groups) = (new int[Sequences * Longest], new long[plan.Positions], new int[plan.Positions]);
        for (var c = 0; c < plan.ShardChunks[^1]; c++)
        {
            for (var s = plan.Chunks[c].FirstSequence; s < plan.Chunks[c].FirstSequence + plan.Chunks[c].Sequences; s++)
            {
                var sequence = plan.Sequences[s];
                var start = (s + 1) * Longest - sequence.Length;
                for (var t = 0; t < sequence.Length; t++)
                {
                    var position = sequence.First + t;
                    (inputs[start + t], places[position]) = (plan.Inputs[position], start + t);
                    groups[position] = plan.NegativesOf(c, s, position) / options.Negatives;
                }
            }
        }

        Items = tensor(plan.Items[..plan.SlotCount], device: device);
        Inputs = tensor(inputs, device: device);
        Places = tensor(places, device: device);
        Targets = tensor(plan.Targets[..plan.Positions], device: device);
        Weights = plan.Weights is null ? null : tensor(plan.Weights[..plan.Positions], device: device);
        Lengths = tensor(Array.ConvertAll(plan.Sequences[..Sequences], sequence => sequence.Length), device: device);
        Groups = tensor(groups, device: device);
        GroupCount = groups[^1] + 1;
        Negatives = tensor(plan.Negatives[..(GroupCount * options.Negatives)], device: device).view(GroupCount, options.Negatives);
        (GroupPlaces, LargestGroup) = InGroups(groups, device);
    }

    /// <summary>B.</summary>
    public int Sequences { get; }

    /// <summary>L.</summary>
    public int Longest { get; }

    /// <summary>G.</summary>
    public int GroupCount { get; }

    /// <summary>M.</summary>
    public int LargestGroup { get; }

    /// <summary>[slots]: the item of each slot.</summary>
    public Tensor Items { get; }

    /// <summary>[B L]: slots, any in the padding.</summary>
    public Tensor Inputs { get; }

    /// <summary>[P]: where in [B L] each position is.</summary>
    public Tensor Places { get; }

    /// <summary>[P]: slots.</summary>
    public Tensor Targets { get; }

    /// <summary>[P]: how much each position counts; null where all count 1.</summary>
    public Tensor? Weights { get; }

    /// <summary>[B].</summary>
    public Tensor Lengths { get; }

    /// <summary>[P]: each position's group.</summary>
    public Tensor Groups { get; }

    /// <summary>[P]: where in [G M] each position is.</summary>
    public Tensor GroupPlaces { get; }

    /// <summary>[G, K]: slots.</summary>
    public Tensor Negatives { get; }

    /// <summary>Positions of a group are consecutive.</summary>
    static (Tensor Places, int Largest) InGroups(int[] groups, Device device)
    {
        var places = new long[groups.Length];
        var largest = 0;
        for (int i = 0, first = 0; i < groups.Length; i++)
        {
            first = i > 0 && groups[i] == groups[i - 1] ? first : i;
            places[i] = i - first;
            largest = Math.Max(largest, i - first + 1);
        }

        for (var i = 0; i < groups.Length; i++)
        {
            places[i] += (long)groups[i] * largest;
        }

        return (tensor(places, device: device), largest);
    }
}
