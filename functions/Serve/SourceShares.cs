using System.Globalization;
using SasRec.Core;

namespace SasRec.Functions.Serve;

/// <summary>The ways of recommending that run side by side, by the names that impressions carry.</summary>
static class Sources
{
    /// <summary>The network's scores.</summary>
    public const string Sasrec = "sasrec";

    /// <summary>What is popular, most of all of late; what a user gets of whom the model knows nothing.</summary>
    public const string Popularity = "popularity";

    /// <summary>The items whose embeddings are most like the newest item of the history.</summary>
    public const string Similar = "similar";

    /// <summary>All of them, in the order in which shares are laid out.</summary>
    public static IReadOnlyList<string> All { get; } = [Sasrec, Popularity, Similar];
}

/// <summary>Which share of users and days each way of recommending gets; what is left is the network's.</summary>
public sealed record SourceShares
{
    /// <summary>The share of what is popular, 0 to 1.</summary>
    public double Popularity { get; init; }

    /// <summary>The share of what is similar to the newest item, 0 to 1.</summary>
    public double Similar { get; init; }

    /// <summary>The share of a source by its name; 0 for a name that there is not.</summary>
    public double Of(string source) => source switch
    {
        Sources.Sasrec => Math.Max(0, 1 - Popularity - Similar),
        Sources.Popularity => Popularity,
        Sources.Similar => Similar,
        _ => 0,
    };

    /// <summary>The sources with a share.</summary>
    internal IReadOnlyList<string> Names => [.. Sources.All.Where(source => Of(source) > 0)];

    /// <summary>One source alone.</summary>
    internal static SourceShares Only(string source) =>
        new() { Popularity = source == Sources.Popularity ? 1 : 0, Similar = source == Sources.Similar ? 1 : 0 };

    /// <summary>Returns these shares if every value is in range.</summary>
    /// <param name="setting">What stands before their names.</param>
    /// <exception cref="ArgumentOutOfRangeException">A share is out of range, or they are more than all; the message names it, the value
    /// and the range.</exception>
    public SourceShares Validated(string setting)
    {
        OptionRange.Require($"{setting}__Popularity", Popularity, 0.0, 1.0);
        OptionRange.Require($"{setting}__Similar", Similar, 0.0, 1.0);
        if (Popularity + Similar > 1)
        {
            throw new ArgumentOutOfRangeException(
                setting, Popularity + Similar, string.Create(CultureInfo.InvariantCulture, $"The shares of {setting} must be at most 1 together."));
        }

        return this;
    }
}

/// <summary>Which source answers one request.</summary>
/// <param name="Source">Which.</param>
/// <param name="Share">The probability with which it was this one: see Impression.SourceShare.</param>
readonly record struct SourceChoice(string Source, double Share)
{
    // Unlike the draw of the slate, or which source a seed gets would be tied to which slate it gets.
    const ulong Apart = 0x736F_7572_6365_7331;

    /// <summary>Chooses.</summary>
    /// <remarks>
    /// One place on the shares laid end to end, the same for a user all day, so that they are not thrown from one kind of slate to another;
    /// over users and days it is uniform, so that a source's share is its propensity. A request with a seed is placed by the seed. A
    /// client that names the source has chosen itself: there is no chance in it.
    /// </remarks>
    /// <param name="shares">The shares of the placement.</param>
    /// <param name="request">The request.</param>
    /// <param name="known">Whether the model knows anything of the history; else only popularity can answer.</param>
    /// <param name="now">The time, of which the day in UTC counts.</param>
    /// <param name="seed">The seed of the draw.</param>
    public static SourceChoice Of(SourceShares shares, RecommendationRequest request, bool known, DateTimeOffset now, ulong seed)
    {
        if (!known)
        {
            return new SourceChoice(Sources.Popularity, 1);
        }

        if (request.Source is not null)
        {
            return new SourceChoice(request.Source, 1);
        }

        var place = Place(request.Seed is null && request.UserId is { } user ? DayOf(user, now) : seed);
        foreach (var source in shares.Names)
        {
            place -= shares.Of(source);
            if (place < 0)
            {
                return new SourceChoice(source, shares.Of(source));
            }
        }

        var last = shares.Names[^1];
        return new SourceChoice(last, shares.Of(last));
    }

    /// <summary>Uniform over [0, 1).</summary>
    static double Place(ulong key) => new Core.Explore.RandomStream(key ^ Apart).NextDouble();

    /// <summary>FNV-1a of a user's day.</summary>
    static ulong DayOf(string user, DateTimeOffset now)
    {
        var hash = 14695981039346656037;
        foreach (var unit in string.Create(CultureInfo.InvariantCulture, $"{now.UtcDateTime:yyyyMMdd} {user}"))
        {
            hash = (hash ^ unit) * 1099511628211;
        }

        return hash;
    }
}
