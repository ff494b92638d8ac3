namespace SasRec.Core.Contracts;

/// <summary>The names of the figures behind a verdict of the promotion gate, as manifests, run records and the API carry them.</summary>
/// <remarks>Each thing that the challenger is compared with gives its own value under its name, and beside it "name.difference",
/// "name.low" and "name.high": the challenger less it. Baselines have their own names, see <see cref="MetricNames"/>.</remarks>
public static class GateFigures
{
    /// <summary>The challenger's mean over the cases.</summary>
    public const string Challenger = "challenger";

    /// <summary>How many users were asked about.</summary>
    public const string Users = "users";

    /// <summary>The model that serves.</summary>
    public const string Champion = "champion";

    /// <summary>The model that none of its successors may fall behind.</summary>
    public const string Anchor = "anchor";

    /// <summary>The network of the anchor on what neither was trained on, answered before the anchor was trained.</summary>
    public const string Recipe = "recipe";

    /// <summary>What the champion earned with the slates that it showed.</summary>
    public const string ShownChampion = "shown.champion";

    /// <summary>The challenger less the champion in interactions a slate.</summary>
    public const string ShownDifference = "shown.difference";

    /// <summary>How much of that difference the log cannot see, at most.</summary>
    public const string ShownUnseen = "shown.difference.unseen";

    /// <summary>How many slates were looked at.</summary>
    public const string ShownSlates = "shown.slates";

    /// <summary>To how many users the slates used were shown.</summary>
    public const string ShownUsers = "shown.users";

    /// <summary>How many slates were left out because their histories could not be rebuilt.</summary>
    public const string ShownNotRebuilt = "shown.notRebuilt";

    /// <summary>Of the slates used, the share whose eligible items were rebuilt exactly.</summary>
    public const string ShownExact = "shown.exact";

    /// <summary>How much worse is still no worse, in interactions a slate.</summary>
    public const string ShownTolerance = "shown.tolerance";

    /// <summary>"champion.difference": the challenger less something.</summary>
    /// <param name="name">What it is compared with.</param>
    public static string Difference(string name) => name + ".difference";

    /// <summary>"champion.low": the lower end of the difference's interval.</summary>
    /// <param name="name">What it is compared with.</param>
    public static string Low(string name) => name + ".low";

    /// <summary>"champion.high": the upper end of the difference's interval.</summary>
    /// <param name="name">What it is compared with.</param>
    public static string High(string name) => name + ".high";

    /// <summary>"champion.users": how many users the difference is of.</summary>
    /// <param name="name">What it is compared with.</param>
    public static string UsersOf(string name) => name + ".users";

    /// <summary>"champion.tolerance": how much worse is still no worse.</summary>
    /// <param name="name">What it is compared with.</param>
    public static string Tolerance(string name) => name + ".tolerance";

    /// <summary>"shown.cascade-dr": the challenger's interactions a slate by one estimator.</summary>
    /// <param name="estimator">The estimator.</param>
    public static string Shown(string estimator) => "shown." + estimator;
}
