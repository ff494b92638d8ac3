using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using SasRec.Core.Events;
using SasRec.Core.Explore;
using SasRec.Functions.Http;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Serve;

/// <summary>Reads a recommendation request from JSON or from a query string.</summary>
static class RecommendationReader
{
    /// <summary>The largest seed: every integer up to it survives a client whose numbers are doubles.</summary>
    public const long MostSeed = (1L << 53) - 1;

    /// <summary>The most categories in one list.</summary>
    public const int MaxCategories = 100;

    const int UserId = 0, History = 1, Slots = 2, Allow = 3, Deny = 4, Exclude = 5, ExcludeSeen = 6, Temperature = 7, Epsilon = 8, Seed = 9,
        Placement = 10, Explain = 11, Preview = 12, AllowCategories = 13, DenyCategories = 14, NewItemShare = 15,
        Source = 16, Exploration = 17;

    static readonly ObjectFields Fields = new(
        0, "userId", "history", "k", "allow", "deny", "exclude", "excludeSeen", "temperature", "epsilon", "seed", "placement",
        "explain", "preview", "allowCategories", "denyCategories", "newItemShare", "source", "exploration");

    static readonly string TemperatureRange = string.Create(
        CultureInfo.InvariantCulture, $"0, or {ExplorationPolicy.LeastTemperature:0.000000} to {ExplorationPolicy.MostTemperature}");

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

            var seen = 0u;
            for (int field; (field = Fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                request = Read(ref reader, field, request, options, errors);
            }

            if (request is { UserId: null, History: null } && (seen & 0b11) == 0)
            {
                errors.Add(Fields[UserId], null, "given, or a history");
            }
        });
        return request;
    }

    /// <summary>What a query string asks for, with the defaults of the options where it does not say.</summary>
    public static RecommendationRequest FromQuery(string userId, IQueryCollection query, ServeOptions options, RequestErrors errors)
    {
        var reader = new QueryReader(query, errors);
        if (!InteractionRules.IsId(userId))
        {
            errors.Add(Fields[UserId], userId, JsonFields.IdRange);
        }

        var defaults = Defaults(options);
        var request = defaults with
        {
            UserId = userId,
            Slots = (int?)reader.Integer(Fields[Slots], 1, options.MaxSlots) ?? defaults.Slots,
            Allow = query.ContainsKey(Fields[Allow]) ? reader.Ids(Fields[Allow], options.MaxListLength) : null,
            Deny = reader.Ids(Fields[Deny], options.MaxListLength),
            AllowCategories = query.ContainsKey(Fields[AllowCategories]) ? reader.Labels(Fields[AllowCategories], MaxCategories) : null,
            DenyCategories = reader.Labels(Fields[DenyCategories], MaxCategories),
            Exclude = reader.Ids(Fields[Exclude], options.MaxListLength),
            ExcludeSeen = reader.Boolean(Fields[ExcludeSeen]) ?? defaults.ExcludeSeen,
            Exploration = reader.Number(Fields[Exploration], IsShare, "0 to 1"),
            Temperature = reader.Number(Fields[Temperature], IsTemperature, TemperatureRange),
            Epsilon = reader.Number(Fields[Epsilon], IsShare, "0 to 1"),
            NewItemShare = reader.Number(Fields[NewItemShare], IsShare, "0 to 1") ?? defaults.NewItemShare,
            Seed = (ulong?)reader.Integer(Fields[Seed], 0, MostSeed),
            Placement = reader.Label(Fields[Placement]) ?? defaults.Placement,
            Source = reader.Label(Fields[Source]),
            Explain = reader.Boolean(Fields[Explain]) ?? false,
            Preview = reader.Boolean(Fields[Preview]) ?? false,
        };
        reader.RefuseUnknown();
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
            Slots => request with { Slots = (int)(JsonFields.Integer(ref reader, name, default, 1, options.MaxSlots, errors) ?? 1) },
            Allow => request with { Allow = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) },
            Deny => request with { Deny = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) ?? [] },
            Exclude => request with { Exclude = JsonFields.Ids(ref reader, name, options.MaxListLength, errors) ?? [] },
            ExcludeSeen => request with { ExcludeSeen = JsonFields.Boolean(ref reader, name, default, errors) ?? true },
            Exploration => request with { Exploration = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) },
            Temperature => request with { Temperature = JsonFields.Number(ref reader, name, default, IsTemperature, TemperatureRange, errors) },
            Epsilon => request with { Epsilon = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) },
            NewItemShare => request with { NewItemShare = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) ?? 0 },
            AllowCategories => request with { AllowCategories = JsonFields.Labels(ref reader, name, MaxCategories, errors) },
            DenyCategories => request with { DenyCategories = JsonFields.Labels(ref reader, name, MaxCategories, errors) ?? [] },
            Seed => request with { Seed = (ulong?)JsonFields.Integer(ref reader, name, default, 0, MostSeed, errors) },
            Explain => request with { Explain = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
            Preview => request with { Preview = JsonFields.Boolean(ref reader, name, default, errors) ?? false },
            Source => request with { Source = JsonFields.Label(ref reader, name, default, errors) },
            _ => request with { Placement = JsonFields.Label(ref reader, name, default, errors) ?? "" },
        };
    }

    static RecommendationRequest Defaults(ServeOptions options) => new()
    {
        Slots = options.Slots,
        ExcludeSeen = options.ExcludeSeen,
        NewItemShare = options.NewItemShare,
    };

    static bool IsTemperature(double value) =>
        value is 0 or (>= ExplorationPolicy.LeastTemperature and <= ExplorationPolicy.MostTemperature);

    static bool IsShare(double value) => value is >= 0 and <= 1;
}
