namespace SasRec.Core.Sequences;

/// <summary>Leave-one-out: the last action of each history is the test, the one before it is for choosing.</summary>
/// <param name="Train">Strict: what comes before both.</param>
/// <param name="Refit">Everything but the test action: what production trains on after the choice was made.</param>
/// <param name="Validation">The action before the last, given what precedes it.</param>
/// <param name="Test">The last action, given all that precedes it.</param>
public sealed record LeaveOneOut(SequenceDataset Train, SequenceDataset Refit, EvaluationCases Validation, EvaluationCases Test)
{
    /// <summary>The fewest actions of a user who is asked about; users with fewer only train.</summary>
    public const int LeastActions = 3;

    /// <summary>Splits a dataset, sharing its arrays.</summary>
    /// <param name="whole">The dataset.</param>
    /// <param name="continued">Whether weights trained on <see cref="Train"/> will be trained on when there is more data. The last two
    /// actions are then held out of every history, so that one of fewer than three trains nothing yet.</param>
    /// <remarks>
    /// What the weights of a continued split have seen is never asked for later, as long as histories only gain actions, wherever in time
    /// these belong, or vanish as a whole. An action trains if and only if at least two of its user come after it. Those two stay, or go
    /// with the whole history, and what is added takes none of them away; so the action is never again among the last two of its history,
    /// which are what is held out. Without <paramref name="continued"/> this does not hold: of a user with two actions both train, and a
    /// third one makes the second the validation.
    /// </remarks>
    public static LeaveOneOut Of(SequenceDataset whole, bool continued = false)
    {
        ArgumentNullException.ThrowIfNull(whole);
        var users = Enumerable.Range(0, whole.UserCount).Where(u => whole.Length(u) >= LeastActions).ToArray();
        var (full, withoutLast, withoutLastTwo) = (Lengths(0, LeastActions), Lengths(1, LeastActions), Lengths(2, LeastActions));
        return new LeaveOneOut(
            whole.Prefixes(Lengths(2, continued ? 0 : LeastActions)),
            whole.Prefixes(withoutLast),
            new EvaluationCases("leave-one-out validation", whole, users, withoutLastTwo, withoutLast),
            new EvaluationCases("leave-one-out", whole, users, withoutLast, full));

        int[] Lengths(int held, int least)
        {
            var lengths = new int[whole.UserCount];
            for (var user = 0; user < lengths.Length; user++)
            {
                var length = whole.Length(user);
                lengths[user] = length >= least ? Math.Max(0, length - held) : length;
            }

            return lengths;
        }
    }
}

/// <summary>A global cut in time: what came before trains, what each user did later is the test.</summary>
/// <param name="Cut">The first moment of the test, in Unix milliseconds.</param>
/// <param name="Train">Everything before the cut.</param>
/// <param name="Test">What users with a history before the cut did from then on.</param>
public sealed record TimeSplit(long Cut, SequenceDataset Train, EvaluationCases Test)
{
    /// <summary>Splits a dataset, sharing its arrays.</summary>
    /// <param name="whole">A dataset with times.</param>
    /// <param name="cut">The first moment of the test, in Unix milliseconds.</param>
    /// <exception cref="ArgumentException">The dataset has no times.</exception>
    public static TimeSplit At(SequenceDataset whole, long cut)
    {
        ArgumentNullException.ThrowIfNull(whole);
        if (!whole.HasTimes)
        {
            throw new ArgumentException("A split by time needs interactions with times.", nameof(whole));
        }

        var cuts = new int[whole.UserCount];
        var ends = new int[whole.UserCount];
        var users = new List<int>();
        for (var user = 0; user < cuts.Length; user++)
        {
            ends[user] = whole.Length(user);
            cuts[user] = FirstAtOrAfter(whole.Times(user), cut);
            if (cuts[user] > 0 && cuts[user] < ends[user])
            {
                users.Add(user);
            }
        }

        return new TimeSplit(cut, whole.Prefixes(cuts), new EvaluationCases("time split", whole, [.. users], cuts, ends));
    }

    /// <summary>Splits so that about a share of all interactions is the test.</summary>
    /// <param name="whole">A dataset with times.</param>
    /// <param name="testShare">Above 0, below 1.</param>
    public static TimeSplit ByShare(SequenceDataset whole, double testShare)
    {
        ArgumentNullException.ThrowIfNull(whole);
        if (testShare is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(testShare), testShare, "The share of the test must be above 0 and below 1.");
        }

        var times = new long[whole.HasTimes ? whole.InteractionCount : 0];
        var next = 0;
        for (var user = 0; user < whole.UserCount && whole.HasTimes; user++)
        {
            whole.Times(user).CopyTo(times.AsSpan(next));
            next += whole.Length(user);
        }

        Array.Sort(times);
        return At(whole, times.Length == 0 ? 0 : times[(int)(times.Length * (1 - testShare))]);
    }

    static int FirstAtOrAfter(ReadOnlySpan<long> times, long cut)
    {
        var (low, high) = (0, times.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = times[middle] < cut ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
