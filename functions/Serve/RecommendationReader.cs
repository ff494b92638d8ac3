using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SasRec.Core.Explore;
using SasRec.Functions.Http;
using SasRec.Functions.Rules;
using SasRec.Storage.Log;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Serve;

/// <summary>Reads a recommendation request from JSON or from a query string.</summary>
static class RecommendationReader
{
    /// <summary>The largest seed: every integer up to it survives a client whose numbers are doubles.</summary>
    public const long MaxSeed = (1L << 53) - 1;

    /// <summary>The most categories in one list.</summary>
    public const int MaxCategories = 100;

    const int UserId = 0, History = 1, K = 2, Allow = 3, Deny = 4, Exclude = 5, ExcludeSeen = 6, Temperature = 7, Epsilon = 8, Seed = 9,
        Placement = 10, Explain = 11, Preview = 12, AllowCategories = 13, DenyCategories = 14, NewItemShare = 15,
        Recommender = 16, Exploration = 17, Dislikes = 18, Rules = 19, After = 20, OnlySeen = 21;

    static readonly ObjectFields Fields = new(
        0, "userId", "history", "k", "allow", "deny", "exclude", "excludeSeen", "temperature", "epsilon", "seed", "placement",
        "explain", "preview", "allowCategories", "denyCategories", "newItemShare", "source", "exploration", "dislikes", "rules", "after", "onlySeen");

    /// <summary>What a body asks for, with the defaults of the options where it does not say.</summary>
    public static RecommendationRequest FromJson(ReadOnlySpan<byte> body, ServeOptions options, RequestErrors errors)
    {
        var request = Defaults(options);
        Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!Fields.Enter(ref reader, "body", errors))
            {
                return;
            }

            var (seen, given) = (0u, false);
            for (int field; (field = Fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                given |= field is UserId or History;
                request = Read(ref reader, field, request, options, errors);
            }

            if (!given)
            {
                errors.Add(Fields[UserId], null, "given, or a history");
            }
        });
        return request;
    }

    /// <summary>What a query string asks for, with the defaults of the options where it does not say.</summary>
    /// <param name="userId">The user as the path names them; null where the query may.</param>
    /// <param name="reader">The query; what else it may have is read before.</param>
    /// <param name="http">The request that has it.</param>
    /// <param name="options">The defaults and limits.</param>
    /// <param name="errors">Receives every bad parameter.</param>
    public static RecommendationRequest FromQuery(
        string? userId, QueryReader reader, HttpRequest http, ServeOptions options, RequestErrors errors)
    {
        var (defaults, query) = (Defaults(options), http.Query);
        var request = defaults with
        {
            UserId = userId is null ? reader.Id(Fields[UserId]) : reader.PathId(Fields[UserId], userId),
            K = (int?)reader.Integer(Fields[K], 1, options.MaxK) ?? defaults.K,
            Allow = query.ContainsKey(Fields[Allow]) ? reader.Ids(Fields[Allow], options.MaxListLength) : null,
            Deny = reader.Ids(Fields[Deny], options.MaxListLength),
            AllowCategories = query.ContainsKey(Fields[AllowCategories]) ? reader.Labels(Fields[AllowCategories], MaxCategories) : null,
            DenyCategories = reader.Labels(Fields[DenyCategories], MaxCategories),
            Exclude = reader.Ids(Fields[Exclude], options.MaxListLength),
            Dislikes = reader.Ids(Fields[Dislikes], options.MaxListLength),
            After = Slate(reader.Id(Fields[After]), errors),
            OnlySeen = reader.Boolean(Fields[OnlySeen]) ?? false,
            ExcludeSeen = reader.Boolean(Fields[ExcludeSeen]) ?? defaults.ExcludeSeen,
            Exploration = reader.Number(Fields[Exploration], IsShare, "0 to 1"),
            Temperature = reader.Number(Fields[Temperature], ExplorationPolicy.IsTemperature, ExplorationPolicy.TemperatureRange),
            Epsilon = reader.Number(Fields[Epsilon], IsShare, "0 to 1"),
            NewItemShare = reader.Number(Fields[NewItemShare], IsShare, "0 to 1") ?? defaults.NewItemShare,
            Seed = (ulong?)reader.Integer(Fields[Seed], 0, MaxSeed),
            Placement = reader.Label(Fields[Placement]) ?? defaults.Placement,
            Recommender = reader.Label(Fields[Recommender]),
            Explain = reader.Boolean(Fields[Explain]) ?? false,
            // HEAD shows nothing to anybody.
            Preview = (reader.Boolean(Fields[Preview]) ?? false) | HttpMethods.IsHead(http.Method),
        };
        reader.ReportUnknown();
        return request;
    }

    static RecommendationRequest Read(
        ref Utf8JsonReader reader, int field, RecommendationRequest request, ServeOptions options, RequestErrors errors)
    {
        var name = Fields[field];
        return field switch
        {
            UserId => request with { UserId = JsonFields.Id(ref reader, name, default, errors) },
            History => request with { History = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) },
            K => request with { K = (int)(JsonFields.Integer(ref reader, name, default, 1, options.MaxK, errors) ?? 1) },
            Allow => request with { Allow = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) },
            Deny => request with { Deny = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) ?? [] },
            Exclude => request with { Exclude = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) ?? [] },
            Dislikes => request with { Dislikes = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) ?? [] },
            After => request with { After = Slate(JsonFields.Id(ref reader, name, default, errors), errors) },
            OnlySeen => request with { OnlySeen = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
            Rules => request with { Rules = RuleReader.Read(ref reader, name, errors) },
            ExcludeSeen => request with { ExcludeSeen = JsonFields.Boolean(ref reader, name, default, errors) ?? true },
            Exploration => request with { Exploration = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) },
            Temperature => request with { Temperature = JsonFields.Number(ref reader, name, default, ExplorationPolicy.IsTemperature, ExplorationPolicy.TemperatureRange, errors) },
            Epsilon => request with { Epsilon = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) },
            NewItemShare => request with { NewItemShare = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) ?? 0 },
            AllowCategories => request with { AllowCategories = JsonFields.Labels(ref reader, name, MaxCategories, errors) },
            DenyCategories => request with { DenyCategories = JsonFields.Labels(ref reader, name, MaxCategories, errors) ?? [] },
            Seed => request with { Seed = (ulong?)JsonFields.Integer(ref reader, name, default, 0, MaxSeed, errors) },
            Explain => request with { Explain = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
            Preview => request with { Preview = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
            Recommender => request with { Recommender = JsonFields.Label(ref reader, name, default, errors) },
            _ => request with { Placement = JsonFields.Label(ref reader, name, default, errors) ?? "" },
        };
    }

    static string? Slate(string? id, RequestErrors errors)
    {
        if (id is not null && !RecommendationId.TryGetTime(id, out _))
        {
            errors.Add(Fields[After], id, "a recommendationId of an answer");
        }

        return id;
    }

    static RecommendationRequest Defaults(ServeOptions options) => new()
    {
        K = options.K,
        ExcludeSeen = options.ExcludeSeen,
        NewItemShare = options.NewItemShare,
    };

    static bool IsShare(double value) => value is >= 0 and <= 1;
}
