namespace SasRec.Core.Sequences;

/// <summary>What a model is asked to foretell: for some users, the items that followed a history.</summary>
public sealed class EvaluationCases
{
    readonly SequenceDataset whole;
    readonly int[] ends;

    /// <summary>Cuts histories in two.</summary>
    /// <param name="protocol">The name of the cut, as reports show it.</param>
    /// <param name="whole">Everything that the users did.</param>
    /// <param name="users">[cases]: the users asked about, each once.</param>
    /// <param name="cuts">[users of the dataset]: how many interactions of each user are history.</param>
    /// <param name="ends">[users of the dataset]: the targets are the interactions cuts[u] to ends[u] - 1.</param>
    internal EvaluationCases(string protocol, SequenceDataset whole, int[] users, int[] cuts, int[] ends)
    {
        this.whole = whole;
        this.ends = ends;
        Protocol = protocol;
        Users = users;
        Histories = whole.Prefixes(cuts);
    }

    /// <summary>The name of the cut, as reports show it.</summary>
    public string Protocol { get; }

    /// <summary>[cases]: the users asked about, ascending.</summary>
    public IReadOnlyList<int> Users { get; }

    /// <summary>What is known of every user before their targets.</summary>
    public SequenceDataset Histories { get; }

    /// <summary>How many users are asked about.</summary>
    public int Count => Users.Count;

    /// <summary>Whether items of the history are ranked and asked for like all others.</summary>
    public bool AsksForSeenItems => whole.AsksForSeenItems;

    /// <summary>The items that followed, oldest first; one or more, and one at least that does not stand in the history unless
    /// <see cref="AsksForSeenItems"/> is set.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public ReadOnlySpan<int> Targets(int index)
    {
        var user = Users[index];
        return whole.Items(user)[Histories.Length(user)..ends[user]];
    }

    /// <summary>When the first target happened, in Unix milliseconds; null where the data has no times.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public long? TargetTime(int index)
    {
        var user = Users[index];
        return whole.HasTimes ? whole.Times(user)[Histories.Length(user)] : null;
    }

    /// <summary>Whether the first target was on an item that a slate showed: an answer that the model which served had a hand in.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public bool WasShown(int index) => whole.WasShown(Users[index], Histories.Length(Users[index]));

    /// <summary>[cases]: how much the first target of each counts, 1 on average; null where the data has no weights.</summary>
    public double[]? Weights()
    {
        if (!whole.HasWeights)
        {
            return null;
        }

        var weights = Users.Select(user => (double)whole.Weights(user)[Histories.Length(user)]).ToArray();
        var mean = weights.DefaultIfEmpty(1).Average();
        return Array.ConvertAll(weights, weight => mean > 0 ? weight / mean : 1);
    }

    /// <summary>The first item that followed and can be asked for: it does not stand in the history, unless <see cref="AsksForSeenItems"/> is
    /// set.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public int FirstTarget(int index) => Askable(index) is [var first, ..] ? first : Targets(index)[0];

    /// <summary>Of what followed, what can be asked for: it does not stand in the history, unless <see cref="AsksForSeenItems"/> is set; each
    /// item once, oldest first.</summary>
    /// <param name="index">0..<see cref="Count"/>-1.</param>
    public int[] Askable(int index)
    {
        var history = AsksForSeenItems ? [] : Histories.Items(Users[index]);
        var targets = Targets(index);
        var (asked, count) = (new int[targets.Length], 0);
        foreach (var target in targets)
        {
            if (!history.Contains(target) && !asked.AsSpan(0, count).Contains(target))
            {
                asked[count++] = target;
            }
        }

        return count == asked.Length ? asked : asked[..count];
    }

    /// <summary>The same question about every n-th user, so that there are not too many.</summary>
    /// <param name="count">The most users, at least 1.</param>
    public EvaluationCases AtMost(int count)
    {
        var step = ((Count - 1) / count) + 1;
        return step <= 1 ? this : Where(i => i % step == 0);
    }

    /// <summary>The same question about fewer users.</summary>
    /// <param name="keep">Given a case's place, whether it stays.</param>
    public EvaluationCases Where(Func<int, bool> keep)
    {
        var users = Enumerable.Range(0, Count).Where(keep).Select(i => Users[i]).ToArray();
        var cuts = new int[whole.UserCount];
        for (var user = 0; user < cuts.Length; user++)
        {
            cuts[user] = Histories.Length(user);
        }

        return new EvaluationCases(Protocol, whole, users, cuts, ends);
    }
}
