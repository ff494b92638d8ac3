using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using SasRec.Core.Model;
using SasRec.Core.Sequences;

namespace SasRec.Trainer.Train;

/// <summary>A run on disk: one file, replaced in one move, so that a crash leaves the old one or the new one.</summary>
/// <param name="folder">Where; made if it does not exist.</param>
/// <param name="fingerprint">Of data, network and options: another run's checkpoint is not continued.</param>
sealed class Checkpoint(string folder, byte[] fingerprint)
{
    const int FormatVersion = 2;

    string FilePath => Path.Combine(folder, "training.checkpoint");

    /// <summary>32 bytes that differ as soon as the run would.</summary>
    /// <param name="data">The training data.</param>
    /// <param name="initial">The weights that the run starts from.</param>
    /// <param name="options">How it trains; the engine is chosen, not <see cref="EngineKind.Auto"/>.</param>
    public static byte[] Fingerprint(SequenceDataset data, SasRecWeights initial, TrainingOptions options)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        // More epochs or patience continue the same run, and do not make it another.
        var threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        var identity = options with { Epochs = 1, Patience = 1, Threads = threads };
        hash.AppendData(Encoding.UTF8.GetBytes($"{FormatVersion} {initial.Config} {identity} {data.ItemCount}"));
        hash.AppendData(MemoryMarshal.AsBytes(initial.Values.AsSpan()));
        for (var user = 0; user < data.UserCount; user++)
        {
            hash.AppendData(MemoryMarshal.AsBytes([data.Items(user).Length]));
            hash.AppendData(MemoryMarshal.AsBytes(data.Items(user)));
            hash.AppendData(MemoryMarshal.AsBytes(data.Weights(user)));
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Writes everything that the run needs to continue to the same model.</summary>
    public void Save(TrainingEngine engine, TrainingState state, TimeSpan elapsed)
    {
        Directory.CreateDirectory(folder);
        var temporary = FilePath + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20))
        using (var writer = new BinaryWriter(stream))
        {
            writer.Write(fingerprint);
            writer.Write(engine.StepCount);
            writer.Write(state.Epoch);
            writer.Write(state.StepOfEpoch);
            writer.Write(state.LossSum);
            writer.Write(state.Positions);
            writer.Write(elapsed.Ticks);
            writer.Write(state.Curve.Count);
            foreach (var record in state.Curve)
            {
                writer.Write(record.Epoch);
                writer.Write(record.Loss);
                writer.Write(record.Metric ?? double.NaN);
                writer.Write(record.PositionsPerSecond);
                writer.Write(record.Elapsed.Ticks);
            }

            engine.Save(stream);
            writer.Write(state.AverageMass);
            writer.Write(state.BestEpoch);
            writer.Write(state.BestMetric ?? double.NaN);
            state.Average?.Save(stream);
            state.Best?.Save(stream);

            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, FilePath, overwrite: true);
    }

    /// <summary>Continues where the last sitting stopped, if it was this run.</summary>
    /// <returns>Whether there was anything to continue.</returns>
    public bool Restore(TrainingEngine engine, TrainingState state)
    {
        if (!File.Exists(FilePath))
        {
            return false;
        }

        using var stream = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20);
        using var reader = new BinaryReader(stream);
        if (!reader.ReadBytes(fingerprint.Length).AsSpan().SequenceEqual(fingerprint))
        {
            return false;
        }

        engine.StepCount = reader.ReadInt64();
        state.Epoch = reader.ReadInt32();
        state.StepOfEpoch = reader.ReadInt32();
        state.LossSum = reader.ReadDouble();
        state.Positions = reader.ReadInt64();
        state.EarlierSittings = TimeSpan.FromTicks(reader.ReadInt64());
        for (var records = reader.ReadInt32(); records > 0; records--)
        {
            var (epoch, loss, metric) = (reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble());
            state.Curve.Add(new EpochRecord(
                epoch, loss, double.IsNaN(metric) ? null : metric, reader.ReadDouble(), TimeSpan.FromTicks(reader.ReadInt64())));
        }

        engine.Restore(stream);
        state.AverageMass = reader.ReadDouble();
        state.BestEpoch = reader.ReadInt32();
        var best = reader.ReadDouble();
        state.Average = state.AverageMass > 0 ? SasRecWeights.Load(stream) : null;
        if (state.BestEpoch > 0)
        {
            (state.Best, state.BestMetric) = (SasRecWeights.Load(stream), best);
        }

        return true;
    }
}
