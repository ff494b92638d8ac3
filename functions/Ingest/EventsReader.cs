using System.Text.Json;
using SasRec.Core.Events;
using SasRec.Functions.Http;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Ingest;

/// <summary>Reads <c>{"events": [...]}</c> straight from UTF-8.</summary>
static class EventsReader
{
    const int UserId = 0, ItemId = 1, EventId = 2, Timestamp = 3, Type = 4, Channel = 5, RecommendationId = 6, Value = 7;

    static readonly ObjectFields Fields =
        new(2, "userId", "itemId", "eventId", "timestamp", "type", "source", "recommendationId", "value");

    /// <summary>The interactions, or nothing where anything at all was wrong.</summary>
    /// <param name="body">The request's body.</param>
    /// <param name="maxEvents">The maximum number of interactions.</param>
    /// <param name="now">The time of acceptance, which is the timestamp of events without one.</param>
    /// <param name="ids">Gives ids to events without one.</param>
    /// <param name="errors">Receives every bad field.</param>
    public static IReadOnlyList<Interaction> Read(ReadOnlySpan<byte> body, int maxEvents, DateTimeOffset now, EventIds ids, RequestErrors errors)
    {
        var events = JsonList.Read(body, "events", maxEvents, errors, (ref Utf8JsonReader reader, Place place) => Event(ref reader, place, now, ids, errors));
        AcceptanceOrder.Keep(events);
        return events;
    }

    static Interaction? Event(ref Utf8JsonReader reader, Place place, DateTimeOffset now, EventIds ids, RequestErrors errors)
    {
        if (!Fields.Enter(ref reader, place.Of(""), errors))
        {
            return null;
        }

        string? userId = null, itemId = null, eventId = null, type = null, channel = null, recommendationId = null;
        DateTimeOffset? timestamp = null;
        double? value = null;
        var seen = 0u;
        for (int field; (field = Fields.Next(ref reader, ref seen, place, errors)) >= 0;)
        {
            switch (field)
            {
                case UserId:
                    userId = JsonFields.Id(ref reader, Fields[field], place, errors);
                    break;
                case ItemId:
                    itemId = JsonFields.Id(ref reader, Fields[field], place, errors);
                    break;
                case EventId:
                    eventId = JsonFields.Id(ref reader, Fields[field], place, errors);
                    break;
                case Timestamp:
                    timestamp = JsonFields.Timestamp(ref reader, Fields[field], place, now, errors);
                    break;
                case Type:
                    type = JsonFields.Label(ref reader, Fields[field], place, errors);
                    break;
                case Channel:
                    channel = JsonFields.Label(ref reader, Fields[field], place, errors);
                    break;
                case RecommendationId:
                    recommendationId = JsonFields.Id(ref reader, Fields[field], place, errors);
                    break;
                case Value:
                    value = JsonFields.Number(ref reader, Fields[field], place, double.IsFinite, "a finite number", errors);
                    break;
            }
        }

        foreach (var field in (ReadOnlySpan<int>)[UserId, ItemId])
        {
            if (Fields.Missing(field, seen))
            {
                errors.Add(place.Of(Fields[field]), null, JsonFields.IdRange);
            }
        }

        // A view event is stored with its slate, so it must name one.
        if (type == Sighting.Type && !Storage.Log.RecommendationId.TryGetTime(recommendationId, out _))
        {
            errors.Add(place.Of(Fields[RecommendationId]), recommendationId, $"the recommendationId of a slate, because the type is {Sighting.Type}");
        }

        if (userId is null || itemId is null)
        {
            return null;
        }

        var interaction = new Interaction
        {
            EventId = eventId ?? ids.Next(place.Index, now),
            UserId = userId,
            ItemId = itemId,
            // A clock that runs ahead does not make an event of the future: nothing is later than its acceptance, on which deletions rely.
            Timestamp = timestamp is { } named && named < now ? named : now,
            TimestampAssigned = timestamp is null || timestamp > now,
            RecommendationId = recommendationId,
            Value = value,
        };
        return type is null && channel is null
            ? interaction
            : interaction with { Type = type ?? interaction.Type, Source = channel ?? interaction.Source };
    }
}
