using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Events;
using SasRec.Core.Model;

namespace SasRec.Core.Experiments;

/// <summary>Folds the slates of an experiment into a report with users as units.</summary>
/// <remarks>
/// A user's outcome is the number of slots that they acted on within <see cref="Experiment.Window"/> of their first slate, wherever they were
/// shown to them. It counts when the window has passed, and does not change afterwards: so the outcomes are independent of each other and of when one looks.
/// A user counts in the arm that they were assigned to, whatever they were served: without that, an arm that cannot serve some would look better.
/// Memory: about 50 bytes for each user, up to a limit. Beyond it every second user is let go, by a hash, again and again:
/// what remains is a uniform sample of the users.
/// </remarks>
public sealed class ExperimentTally
{
    const ulong SampleKey = 0x6578_7065_7269_6D65;

    readonly Experiment experiment;
    readonly LedgerOptions ledger;
    readonly int maxUsers;
    readonly Dictionary<ulong, User> users = [];
    readonly ArmGuardTally[] guards;
    readonly Dictionary<string, int> places;
    double sample = 1;

    /// <summary>An empty tally.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="ledger">How slates are joined with what followed.</param>
    /// <param name="maxUsers">How many users are kept at most, 2 or more.</param>
    public ExperimentTally(Experiment experiment, LedgerOptions ledger, int maxUsers = 1_000_000)
    {
        ArgumentNullException.ThrowIfNull(experiment);
        ArgumentNullException.ThrowIfNull(ledger);
        OptionRange.Require(nameof(maxUsers), maxUsers, 2, int.MaxValue);
        (this.experiment, this.ledger, this.maxUsers) = (experiment, ledger, maxUsers);
        guards = [.. experiment.Arms.Select(arm => new ArmGuardTally(arm))];
        places = experiment.Arms.Index().ToDictionary(arm => arm.Item.Name, arm => arm.Index, StringComparer.Ordinal);
    }

    /// <summary>Adds a slate; one of another experiment, of nobody, or whose seed the client chose does not count.</summary>
    /// <param name="slate">The slate with what named it; slates are added in the order of serving, each once.</param>
    public void Add(ServedSlate slate)
    {
        ArgumentNullException.ThrowIfNull(slate);
        var impression = slate.Impression;
        if (impression.UserId is not { } userId || impression.Seeded
            || impression.Experiments?.FirstOrDefault(assigned => assigned.Experiment == experiment.Id) is not { } assigned
            || !places.TryGetValue(assigned.Arm, out var arm))
        {
            return;
        }

        guards[arm].Add(impression);
        var key = UserHash.Of(userId);
        if (sample < 1 && CounterRandom.Uniform(SampleKey, key) >= sample)
        {
            return;
        }

        var user = users.TryGetValue(key, out var known) ? known : new User(impression.ServedAt, arm, 0);
        users[key] = user with { Actions = user.Actions + ActionsOn(slate, user.First + experiment.Window) };
        if (users.Count > maxUsers)
        {
            LetGo();
        }
    }

    /// <summary>The report.</summary>
    /// <param name="asOf">Up to when slates were added.</param>
    /// <param name="complete">Whether these were all.</param>
    public ExperimentReport Build(DateTimeOffset asOf, bool complete = true)
    {
        var sums = experiment.Arms.Select(_ => new ArmSums()).ToArray();
        foreach (var user in users.Values)
        {
            sums[user.Arm].Add(user.Actions, open: user.First + experiment.Window > asOf);
        }

        return ExperimentVerdict.Of(experiment, sums, [.. guards.Select(guard => guard.Build())], asOf, complete, sample);
    }

    /// <summary>How many slots of a slate were acted on until a time, those that a rule filled too.</summary>
    int ActionsOn(ServedSlate slate, DateTimeOffset until)
    {
        var impression = slate.Impression;
        if (impression.ServedAt >= until || slate.Events.Count == 0)
        {
            return 0;
        }

        var whole = impression.Forced is null ? slate : slate with
        {
            Impression = impression with
            {
                Items = [.. impression.Items, .. impression.Forced.Select(item => new ServedItem(item.ItemId, item.Rank, null, 1, false))],
            },
        };
        var left = until - impression.ServedAt;
        return SlateOutcome.Of(whole, left < ledger.Window ? ledger with { Window = left } : ledger).Interacted.Count(interacted => interacted);
    }

    void LetGo()
    {
        sample /= 2;
        foreach (var key in users.Keys.Where(key => CounterRandom.Uniform(SampleKey, key) >= sample).ToArray())
        {
            users.Remove(key);
        }
    }

    /// <summary>One user.</summary>
    /// <param name="First">When their first slate was served.</param>
    /// <param name="Arm">Their arm.</param>
    /// <param name="Actions">How many slots they acted on.</param>
    readonly record struct User(DateTimeOffset First, int Arm, int Actions);
}

/// <summary>The sums of one arm.</summary>
public sealed class ArmSums
{
    double sum;
    double squares;

    /// <summary>How many users count.</summary>
    public long Users { get; private set; }

    /// <summary>How many do not yet.</summary>
    public long Open { get; private set; }

    /// <summary>How many acted at all.</summary>
    public long Acted { get; private set; }

    /// <summary>Actions a user; NaN without users.</summary>
    public double Mean => sum / Users;

    /// <summary>Their variance; NaN with fewer than two users.</summary>
    public double Variance => Users < 2 ? double.NaN : Math.Max(0, (squares - (sum * sum / Users)) / (Users - 1));

    /// <summary>Adds a user.</summary>
    /// <param name="actions">What they did.</param>
    /// <param name="open">Whether they do not count yet.</param>
    public void Add(double actions, bool open = false)
    {
        if (open)
        {
            Open++;
            return;
        }

        Users++;
        Acted += actions > 0 ? 1 : 0;
        sum += actions;
        squares += actions * actions;
    }
}
