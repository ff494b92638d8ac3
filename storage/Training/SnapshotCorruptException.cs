namespace SasRec.Storage.Training;

/// <summary>The training snapshot cannot be read. <see cref="SnapshotStore.RebuildAsync(Action{long}, CancellationToken)"/> writes it anew.</summary>
public sealed class SnapshotCorruptException(Exception inner)
    : Exception("The training snapshot, training/snapshot.json, cannot be read; 'trainer restore --snapshot' writes it anew from the histories.", inner);
