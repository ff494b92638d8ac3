using System.Globalization;
using SasRec.Core.Contracts;

namespace SasRec.Functions.Serve;

/// <summary>The shares of the recommenders for one user.</summary>
/// <param name="Own">Those that select: of the placement, or of the user's arm.</param>
/// <param name="Overall">Those that are the probabilities of the selection: of the users of all arms together.</param>
readonly record struct SharesOfUser(RecommenderShares Own, RecommenderShares Overall);

/// <summary>The recommender that answers one request.</summary>
/// <param name="Recommender">One of <see cref="Recommenders.All"/>.</param>
/// <param name="Share">The probability that this recommender was selected; 1 where the client or the missing history decided.</param>
readonly record struct RecommenderChoice(string Recommender, double Share)
{
    // Separates this draw from the draw of the slate, which uses the same seed.
    const ulong Salt = 0x736F_7572_6365_7331;

    /// <summary>Selects the recommender.</summary>
    /// <remarks>
    /// A hash of user and day selects it, so a user keeps one recommender all day. Over users and days the hash is uniform, so a
    /// recommender's share is its selection probability. A request with a seed is assigned by the seed. A client that names the
    /// recommender gets it with probability 1.
    /// </remarks>
    /// <param name="of">The shares of the placement, or of the user's arm in an experiment.</param>
    /// <param name="request">The request.</param>
    /// <param name="known">Whether the model knows any item of the history; else only popularity can answer.</param>
    /// <param name="now">The time; only the day in UTC matters.</param>
    /// <param name="seed">The seed of the draw.</param>
    public static RecommenderChoice Of(SharesOfUser of, RecommendationRequest request, bool known, DateTimeOffset now, ulong seed)
    {
        if (request.Rail is { } rail)
        {
            return new RecommenderChoice(rail, 1);
        }

        if (!known)
        {
            return new RecommenderChoice(Recommenders.Popularity, 1);
        }

        if (request.Recommender is not null)
        {
            return new RecommenderChoice(request.Recommender, 1);
        }

        var (shares, overall) = (of.Own, of.Overall);
        var place = Uniform(request.Seed is null && request.UserId is { } user ? DayOf(user, now) : seed);
        foreach (var recommender in shares.Names)
        {
            place -= shares.Of(recommender);
            if (place < 0)
            {
                return new RecommenderChoice(recommender, overall.Of(recommender));
            }
        }

        var last = shares.Names[^1];
        return new RecommenderChoice(last, overall.Of(last));
    }

    /// <summary>Uniform over [0, 1).</summary>
    static double Uniform(ulong key) => new Core.Explore.RandomStream(key ^ Salt).NextDouble();

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
