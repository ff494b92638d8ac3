namespace SasRec.Core.Sequences;

/// <summary>Leave-one-out: the last item that each user turned to is the test, the one before it is for choosing.</summary>
/// <remarks>
/// Only an action on an item that does not stand in the user's history before it is asked for, unless
/// <see cref="SequenceDataset.AsksForSeenItems"/> is set: a slate leaves out what a user has acted on. Of a user who viewed, carted and
/// bought an item the view is the test; what came after it is neither learned from nor asked for. Without repeats these are the
/// last action and the one before it.
/// </remarks>
/// <param name="Train">Strict: what comes before both.</param>
/// <param name="Refit">Everything before the test action: what production trains on after the choice was made.</param>
/// <param name="Validation">The action for choosing, given what precedes it.</param>
/// <param name="Test">The test action, given all that precedes it.</param>
public sealed record LeaveOneOut(SequenceDataset Train, SequenceDataset Refit, EvaluationCases Validation, EvaluationCases Test)
{
    /// <summary>The fewest actions that can be asked for, of a user who is asked about; users with fewer only train.</summary>
    public const int MinActions = 3;

    /// <summary>Splits a dataset, sharing its arrays.</summary>
    /// <param name="whole">The dataset.</param>
    /// <param name="continued">Whether weights trained on <see cref="Train"/> will be trained on when there is more data. The last two
    /// actions that can be asked for are then held out of every history, so that one of fewer than three trains nothing yet.</param>
    /// <remarks>
    /// What the weights of a continued split have seen is never asked for later, as long as histories only gain actions at their end, or
    /// vanish as a whole: an action trains if and only if at least two that can be asked for come after it, and those two stay. An action
    /// that arrives late and belongs in the middle of a history does no harm either, unless its item stands later in that history too:
    /// then the later action is a repeat from now on, and one of this user that was trained on may be asked for. Without
    /// <paramref name="continued"/> this does not hold: of a user with two actions both train, and a third one makes the second the
    /// validation.
    /// </remarks>
    public static LeaveOneOut Of(SequenceDataset whole, bool continued = false)
    {
        ArgumentNullException.ThrowIfNull(whole);
        var (trains, validates, tests) = (new int[whole.UserCount], new int[whole.UserCount], new int[whole.UserCount]);
        var (testEnds, users, seen) = (new int[whole.UserCount], new List<int>(), new ItemMarks(whole.ItemCount));
        for (var user = 0; user < whole.UserCount; user++)
        {
            var items = whole.Items(user);
            var (count, last, before) = (0, -1, -1);
            seen.Clear();
            for (var i = 0; i < items.Length; i++)
            {
                if (seen.Add(items[i]) || whole.AsksForSeenItems)
                {
                    (count, last, before) = (count + 1, i, last);
                }
            }

            if (count >= MinActions)
            {
                users.Add(user);
                (trains[user], validates[user], tests[user], testEnds[user]) = (before, before + 1, last, last + 1);
            }
            else
            {
                trains[user] = continued ? Math.Max(0, before) : items.Length;
                validates[user] = tests[user] = testEnds[user] = items.Length;
            }
        }

        int[] asked = [.. users];
        return new LeaveOneOut(
            whole.Prefixes(trains),
            whole.Prefixes(tests),
            new EvaluationCases("leave-one-out validation", whole, asked, trains, validates),
            new EvaluationCases("leave-one-out", whole, asked, tests, testEnds));
    }
}

/// <summary>A global cut in time: what came before trains, what each user did later is the test.</summary>
/// <param name="Cut">The first moment of the test, in Unix milliseconds.</param>
/// <param name="Train">Everything before the cut.</param>
/// <param name="Test">What users with a history before the cut did from then on, as far as it can be asked for: not again with an item of
/// their history, unless <see cref="SequenceDataset.AsksForSeenItems"/> is set.</param>
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
        var (users, seen) = (new List<int>(), new ItemMarks(whole.ItemCount));
        for (var user = 0; user < cuts.Length; user++)
        {
            ends[user] = whole.Length(user);
            cuts[user] = FirstAtOrAfter(whole.Times(user), cut);
            if (cuts[user] > 0 && cuts[user] < ends[user] && (whole.AsksForSeenItems || AnyNew(whole.Items(user), cuts[user], seen)))
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

        return At(whole, whole.HasTimes && whole.InteractionCount > 0 ? TimeOfRank(whole, (int)(whole.InteractionCount * (1 - testShare))) : 0);
    }

    /// <summary>The time that so many interactions precede, were all of them sorted: found 16 bits at a time, for a sorted copy takes as much
    /// memory as the times.</summary>
    static long TimeOfRank(SequenceDataset whole, int rank)
    {
        const int Digit = 16;
        const ulong Sign = 1UL << 63; // Turned round, times of before 1970 sort below the others as unsigned numbers too.
        var counts = new int[1 << Digit];
        var found = 0UL;
        for (var shift = 64 - Digit; shift >= 0; shift -= Digit)
        {
            counts.AsSpan().Clear();
            for (var user = 0; user < whole.UserCount; user++)
            {
                foreach (var time in whole.Times(user))
                {
                    var digits = ((ulong)time ^ Sign) >> shift;
                    if (digits >> Digit == found)
                    {
                        counts[digits & ((1 << Digit) - 1)]++;
                    }
                }
            }

            var digit = 0;
            for (; rank >= counts[digit]; digit++)
            {
                rank -= counts[digit];
            }

            found = (found << Digit) | (uint)digit;
        }

        return (long)(found ^ Sign);
    }

    static bool AnyNew(ReadOnlySpan<int> items, int cut, ItemMarks seen)
    {
        seen.Clear();
        foreach (var item in items[..cut])
        {
            seen.Add(item);
        }

        foreach (var item in items[cut..])
        {
            if (!seen.Contains(item))
            {
                return true;
            }
        }

        return false;
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
