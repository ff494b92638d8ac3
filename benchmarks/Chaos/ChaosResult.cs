namespace SasRec.Bench.Chaos;

/// <summary>What a run of chaos came to.</summary>
sealed record ChaosResult
{
    /// <summary>Processes that were killed.</summary>
    public int Kills { get; init; }

    /// <summary>Times that storage was stopped for some seconds.</summary>
    public int Outages { get; init; }

    public int Swaps { get; init; }

    public int Retrains { get; init; }

    /// <summary>Events that were answered 202.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Of these, how many are not in the log.</summary>
    public int Lost { get; init; }

    /// <summary>How many more are in the log than were acknowledged.</summary>
    public int Doubled { get; init; }

    public int Answered { get; init; }

    public int Degraded { get; init; }

    /// <summary>How long degraded answers took; 0 without any.</summary>
    public double DegradedMedianMs { get; init; }

    public double DegradedP99Ms { get; init; }

    /// <summary>Answers of what is popular, before any model had answered.</summary>
    public int StandIns { get; init; }

    /// <summary>Answers of a version that was never published.</summary>
    public int WrongModels { get; init; }

    /// <summary>Answers of 5xx that were not 503.</summary>
    public int Faults { get; init; }

    /// <summary>How many answers had each status; 0 for no answer.</summary>
    public IReadOnlyDictionary<string, int> Statuses { get; init; } = new Dictionary<string, int>();

    /// <summary>The worker's memory after a hundred swaps, and after all.</summary>
    public long MegabytesBefore { get; init; }

    public long MegabytesAfter { get; init; }
}
