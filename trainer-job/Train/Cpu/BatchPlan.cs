using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Train.Cpu;

/// <summary>One sequence of a batch: L inputs, each of which predicts the item after it.</summary>
/// <param name="User">Whose.</param>
/// <param name="Length">L.</param>
/// <param name="First">Its first position in <see cref="BatchPlan.Inputs"/> and <see cref="BatchPlan.Targets"/>.</param>
readonly record struct PlannedSequence(int User, int Length, int First);

/// <summary>Sequences that one thread takes through the network together; consecutive in <see cref="BatchPlan.Sequences"/>.</summary>
readonly record struct PlannedChunk(int FirstSequence, int Sequences, int FirstPosition, int Positions);

/// <summary>
/// What one step works on: sequences dealt to shards (threads) and chunks, negatives drawn, and every item that occurs numbered by a slot,
/// so that buffers are as large as the batch and not as the item vocabulary.
/// </summary>
sealed class BatchPlan
{
    readonly SequenceDataset data;
    readonly TrainingOptions options;
    readonly NegativeSampler sampler;
    readonly int maxLength;
    readonly int[] slotOf;
    readonly int[] order;
    readonly int[] lengths;
    readonly int[] shardOf;
    readonly int[] shardPositions;
    readonly int[] kept;
    ulong endKey;
    ulong keepKey;

    public BatchPlan(SequenceDataset data, TrainingOptions options, NegativeSampler sampler, int maxLength, int shards)
    {
        (this.data, this.options, this.sampler, this.maxLength) = (data, options, sampler, maxLength);
        var users = Math.Min(options.BatchSize, data.UserCount);
        var longest = 0L;
        for (var user = 0; user < data.UserCount; user++)
        {
            longest = Math.Max(longest, Math.Min(maxLength, data.Items(user).Length - 1));
        }

        var positions = checked((int)(users * longest));
        PaddedNegatives = Lanes.Pad(options.Negatives);
        var groups = options.Sharing switch
        {
            NegativeSharing.Position => positions,
            NegativeSharing.Batch => 1,
            _ => users,
        };
        slotOf = new int[data.ItemCount];
        Items = new int[(int)Math.Min(data.ItemCount, 2L * positions + (long)groups * options.Negatives)];
        Inputs = new int[positions];
        Targets = new int[positions];
        Weights = data.HasWeights ? new float[positions] : null;
        Negatives = new int[checked(groups * options.Negatives)];
        Sequences = new PlannedSequence[users];
        Chunks = new PlannedChunk[users];
        ShardChunks = new int[shards + 1];
        (order, lengths, shardOf, shardPositions) = (new int[users], new int[users], new int[users], new int[shards]);
        kept = new int[longest + 1];
        MaxChunkPositions = (int)Math.Min(positions, options.ChunkPositions - 1 + longest);
    }

    /// <summary>The most rows a chunk can have.</summary>
    public int MaxChunkPositions { get; }

    /// <summary>K, padded.</summary>
    public int PaddedNegatives { get; }

    /// <summary>[SlotCount]: the item of each slot.</summary>
    public int[] Items { get; }

    public int SlotCount { get; private set; }

    /// <summary>[Positions]: the slot of each position's input.</summary>
    public int[] Inputs { get; }

    /// <summary>[Positions]: the slot of the item that comes next.</summary>
    public int[] Targets { get; }

    /// <summary>[Positions]: how much each position counts in the loss; null where all count 1.</summary>
    public float[]? Weights { get; }

    /// <summary>[groups x K]: the slots of the negatives; see <see cref="NegativesOf"/>.</summary>
    public int[] Negatives { get; }

    public PlannedSequence[] Sequences { get; }

    public PlannedChunk[] Chunks { get; }

    /// <summary>[shards + 1]: shard s owns chunks [s] to [s + 1].</summary>
    public int[] ShardChunks { get; }

    public int Positions { get; private set; }

    /// <summary>The key of this step's dropout.</summary>
    public ulong DropoutKey { get; private set; }

    /// <summary>Plans a step for these users; everything random follows from the key.</summary>
    public void Build(ReadOnlySpan<int> users, ulong key)
    {
        (SlotCount, Positions) = (0, 0);
        DropoutKey = CounterRandom.Bits(key, 0);
        endKey = CounterRandom.Bits(key, 2);
        keepKey = CounterRandom.Bits(key, 3);
        Deal(users);
        Chunk(users);
        DrawNegatives(CounterRandom.Bits(key, 1));
    }

    /// <summary>Where the negatives of a position begin in <see cref="Negatives"/>.</summary>
    public int NegativesOf(int chunk, int sequence, int position) => options.Negatives * options.Sharing switch
    {
        NegativeSharing.Position => position,
        NegativeSharing.Sequence => sequence,
        NegativeSharing.Chunk => chunk,
        _ => 0,
    };

    /// <summary>The longest first, each to the shard that has least.</summary>
    void Deal(ReadOnlySpan<int> users)
    {
        for (var i = 0; i < users.Length; i++)
        {
            (order[i], lengths[i]) = (i, -Math.Min(maxLength, data.Items(users[i]).Length - 1));
        }

        // Ties would be dealt in an order that only the sort knows; the index makes it ours.
        for (var i = 0; i < users.Length; i++)
        {
            lengths[i] = lengths[i] * options.BatchSize + i;
        }

        lengths.AsSpan(0, users.Length).Sort(order.AsSpan(0, users.Length));
        shardPositions.AsSpan().Clear();
        foreach (var i in order.AsSpan(0, users.Length))
        {
            var shard = 0;
            for (var s = 1; s < shardPositions.Length; s++)
            {
                shard = shardPositions[s] < shardPositions[shard] ? s : shard;
            }

            shardOf[i] = shard;
            shardPositions[shard] += Math.Min(maxLength, data.Items(users[i]).Length - 1);
        }
    }

    void Chunk(ReadOnlySpan<int> users)
    {
        var (sequences, chunks) = (0, 0);
        for (var shard = 0; shard < shardPositions.Length; shard++)
        {
            ShardChunks[shard] = chunks;
            var (firstSequence, firstPosition) = (sequences, Positions);
            foreach (var i in order.AsSpan(0, users.Length))
            {
                if (shardOf[i] != shard)
                {
                    continue;
                }

                Add(users[i], ref sequences);
                if (Positions - firstPosition >= options.ChunkPositions)
                {
                    CloseChunk();
                }
            }

            CloseChunk();

            void CloseChunk()
            {
                if (sequences > firstSequence)
                {
                    Chunks[chunks++] = new PlannedChunk(firstSequence, sequences - firstSequence, firstPosition, Positions - firstPosition);
                    (firstSequence, firstPosition) = (sequences, Positions);
                }
            }
        }

        ShardChunks[^1] = chunks;
    }

    void Add(int user, ref int sequences)
    {
        var places = Kept(user);
        var items = data.Items(user);
        var weights = data.Weights(user);
        Sequences[sequences++] = new PlannedSequence(user, places.Length - 1, Positions);
        for (var t = 0; t + 1 < places.Length; t++)
        {
            if (Weights is not null)
            {
                Weights[Positions] = weights[places[t + 1]];
            }

            Inputs[Positions] = Slot(items[places[t]]);
            Targets[Positions++] = Slot(items[places[t + 1]]);
        }
    }

    /// <summary>The places of a history that this step trains on, in order: its window, less what is left out by chance.</summary>
    ReadOnlySpan<int> Kept(int user)
    {
        var (from, to) = Window(user);
        var (key, count) = (CounterRandom.Bits(keepKey, (ulong)user), 0);
        for (var place = from; place < to; place++)
        {
            if (options.ItemDropout == 0 || CounterRandom.Uniform(key, (ulong)place) >= options.ItemDropout)
            {
                kept[count++] = place;
            }
        }

        // One action alone has nothing to predict.
        for (var place = from; count < 2 && place < to; place++)
        {
            kept[place - from] = place;
        }

        return kept.AsSpan(0, count < 2 ? to - from : count);
    }

    /// <summary>The part of a history that this step trains on: the newest, or one that ends at random, so that every action is a target
    /// now and then.</summary>
    (int From, int To) Window(int user)
    {
        var (length, most) = (data.Length(user), maxLength + 1);
        if (length <= most)
        {
            return (0, length);
        }

        var draw = CounterRandom.Bits(endKey, (ulong)user);
        var end = (draw >> 11) * (1.0 / (1UL << 53)) < options.RandomEnds
            ? most + CounterRandom.Below(draw, 1, length - most + 1)
            : length;
        return (end - most, end);
    }

    void DrawNegatives(ulong key)
    {
        var groups = options.Sharing switch
        {
            NegativeSharing.Position => Positions,
            NegativeSharing.Sequence => Chunks[ShardChunks[^1] - 1].FirstSequence + Chunks[ShardChunks[^1] - 1].Sequences,
            NegativeSharing.Chunk => ShardChunks[^1],
            _ => 1,
        };
        var inBatch = (int)Math.Round(options.InBatchShare * options.Negatives);
        for (var i = 0; i < groups * options.Negatives; i++)
        {
            Negatives[i] = i % options.Negatives < inBatch
                ? Targets[CounterRandom.Below(key, (ulong)i, Positions)]
                : Slot(sampler.Draw(key, (ulong)i));
        }
    }

    /// <summary>A sparse set: a slot is valid if it points back, so nothing is cleared between steps.</summary>
    int Slot(int item)
    {
        var slot = slotOf[item];
        if (slot < SlotCount && Items[slot] == item)
        {
            return slot;
        }

        Items[SlotCount] = item;
        return slotOf[item] = SlotCount++;
    }
}
