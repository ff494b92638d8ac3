namespace SasRec.Functions.Shadow;

/// <summary>What became of the slates that were handed to the shadow, since this instance started.</summary>
sealed class ShadowCounts
{
    long scored;
    long dropped;
    long failed;

    /// <summary>Slates that the shadow scored.</summary>
    public long Scored => Interlocked.Read(ref scored);

    /// <summary>Slates that were dropped because the queue was full.</summary>
    public long Dropped => Interlocked.Read(ref dropped);

    /// <summary>Slates that could not be scored or stored.</summary>
    public long Failed => Interlocked.Read(ref failed);

    public void Add(int scoredNow = 0, int droppedNow = 0, int failedNow = 0)
    {
        Interlocked.Add(ref scored, scoredNow);
        Interlocked.Add(ref dropped, droppedNow);
        Interlocked.Add(ref failed, failedNow);
    }
}
