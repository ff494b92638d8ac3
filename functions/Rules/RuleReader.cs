using System.Text.Json;
using SasRec.Core.Rules;
using SasRec.Functions.Http;
using static SasRec.Functions.Http.StrictJson;

namespace SasRec.Functions.Rules;

/// <summary>Reads rules from JSON; everything that is wrong is named by its place.</summary>
static class RuleReader
{
    const string ScalarRange = "a string, a finite number, true or false";
    const string ConditionRange = "one of category, itemId and attribute; an attribute with one of equals, oneOf, min and max, exists";

    static readonly ObjectFields RuleFields = new(0, "where", "boosts", "pins", "maxPerCategory", "caps", "diversity");
    static readonly ObjectFields BoostFields = new(2, "where", "amount");
    static readonly ObjectFields PinFields = new(2, "itemId", "rank");
    static readonly ObjectFields CapFields = new(2, "category", "most");
    static readonly ObjectFields ConditionFields =
        new(0, "category", "itemId", "attribute", "equals", "oneOf", "min", "max", "exists", "not");

    delegate T? Element<T>(ref Utf8JsonReader reader, string field);

    /// <summary>The rules on which the reader stands; none of them where anything was wrong.</summary>
    public static SlateRules Read(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var rules = SlateRules.None;
        if (!RuleFields.Enter(ref reader, field, errors))
        {
            return rules;
        }

        var seen = 0u;
        for (int at; (at = RuleFields.Next(ref reader, ref seen, default, errors)) >= 0;)
        {
            var name = $"{field}.{RuleFields[at]}";
            rules = at switch
            {
                0 => rules with { Where = Conditions(ref reader, name, errors) },
                1 => rules with { Boosts = List(ref reader, name, SlateRules.MaxBoosts, errors, (ref Utf8JsonReader r, string f) => Boost(ref r, f, errors)) },
                2 => rules with { Pins = Pins(ref reader, name, errors) },
                3 => rules with { MaxPerCategory = (int?)JsonFields.Integer(ref reader, name, default, 1, 1000, errors) },
                4 => rules with { Caps = List(ref reader, name, SlateRules.MaxCaps, errors, (ref Utf8JsonReader r, string f) => Cap(ref r, f, errors)) },
                _ => rules with { Diversity = JsonFields.Number(ref reader, name, default, d => d is >= 0 and <= SlateRules.MaxAmount, $"0 to {SlateRules.MaxAmount}", errors) },
            };
        }

        return rules;
    }

    static List<ItemCondition> Conditions(ref Utf8JsonReader reader, string field, RequestErrors errors) =>
        List(ref reader, field, SlateRules.MaxConditions, errors, (ref Utf8JsonReader r, string f) => Condition(ref r, f, errors));

    static List<Pin> Pins(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var pins = List(ref reader, field, SlateRules.MaxPins, errors, (ref Utf8JsonReader r, string f) => Pin(ref r, f, errors));
        if (pins.DistinctBy(pin => pin.ItemId).Count() < pins.Count || pins.DistinctBy(pin => pin.Rank).Count() < pins.Count)
        {
            errors.Add(field, $"{pins.Count} pins", "pins of which each item and each rank is given once");
        }

        return pins;
    }

    static Boost? Boost(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        List<ItemCondition> where = [];
        double? amount = null;
        if (Object(ref reader, BoostFields, field, errors, (ref Utf8JsonReader r, int at, string name) =>
        {
            if (at == 0)
            {
                where = Conditions(ref r, name, errors);
            }
            else
            {
                amount = JsonFields.Number(
                    ref r, name, default, a => Math.Abs(a) <= SlateRules.MaxAmount, $"{-SlateRules.MaxAmount} to {SlateRules.MaxAmount}", errors);
            }
        }) && where.Count == 0)
        {
            errors.Add($"{field}.where", "no condition", $"1 to {SlateRules.MaxConditions} conditions");
        }

        return amount is { } some ? new Boost(where, some) : null;
    }

    static Pin? Pin(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        string? id = null;
        long? rank = null;
        Object(ref reader, PinFields, field, errors, (ref Utf8JsonReader r, int at, string name) =>
        {
            if (at == 0)
            {
                id = JsonFields.Id(ref r, name, default, errors);
            }
            else
            {
                rank = JsonFields.Integer(ref r, name, default, 1, 1000, errors);
            }
        });
        return id is not null && rank is { } some ? new Pin(id, (int)some) : null;
    }

    static CategoryLimit? Cap(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        string? category = null;
        long? most = null;
        Object(ref reader, CapFields, field, errors, (ref Utf8JsonReader r, int at, string name) =>
        {
            if (at == 0)
            {
                category = JsonFields.Label(ref r, name, default, errors);
            }
            else
            {
                most = JsonFields.Integer(ref r, name, default, 0, 1000, errors);
            }
        });
        return category is not null && most is { } some ? new CategoryLimit(category, (int)some) : null;
    }

    static ItemCondition? Condition(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var condition = new ItemCondition();
        var good = Object(ref reader, ConditionFields, field, errors, (ref Utf8JsonReader r, int at, string name) => condition = at switch
        {
            0 => condition with { Category = JsonFields.Label(ref r, name, default, errors) },
            1 => condition with { ItemId = JsonFields.Id(ref r, name, default, errors) },
            2 => condition with { Attribute = JsonFields.Label(ref r, name, default, errors) },
            3 => condition with { OneOf = Scalar(ref r, name, errors) is { } value ? [value] : [] },
            4 => condition with { OneOf = Values(ref r, name, errors) },
            5 => condition with { Min = JsonFields.Number(ref r, name, default, double.IsFinite, "a finite number", errors) },
            6 => condition with { Max = JsonFields.Number(ref r, name, default, double.IsFinite, "a finite number", errors) },
            7 => condition with { Exists = JsonFields.Boolean(ref r, name, default, errors) },
            _ => condition with { Not = JsonFields.Boolean(ref r, name, default, errors) ?? false },
        });
        var subjects = (condition.Category is null ? 0 : 1) + (condition.ItemId is null ? 0 : 1) + (condition.Attribute is null ? 0 : 1);
        var tests = (condition.OneOf is null ? 0 : 1) + (condition.Min is null && condition.Max is null ? 0 : 1) + (condition.Exists is null ? 0 : 1);
        if (good && (subjects != 1 || tests != (condition.Attribute is null ? 0 : 1)))
        {
            errors.Add(field, $"{subjects} subjects and {tests} tests", ConditionRange);
        }

        return condition;
    }

    static List<AttributeValue> Values(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var values = new List<AttributeValue>();
        List(ref reader, field, ItemCondition.MaxValues, errors, (ref Utf8JsonReader r, string f) =>
        {
            if (Scalar(ref r, f, errors) is { } value)
            {
                values.Add(value);
            }

            return (object?)null;
        });
        return values;
    }

    static AttributeValue? Scalar(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True or JsonTokenType.False:
                return new AttributeValue(Flag: reader.GetBoolean());
            case JsonTokenType.Number when reader.TryGetDouble(out var number) && double.IsFinite(number):
                return new AttributeValue(Number: number);
            case JsonTokenType.String when Text(ref reader) is { } text:
                return new AttributeValue(Text: text);
            default:
                errors.Add(field, Found(ref reader), ScalarRange);
                return null;
        }
    }

    delegate void Field(ref Utf8JsonReader reader, int at, string name);

    /// <summary>Reads an object field by field; false where it is none, or lacks a field.</summary>
    static bool Object(ref Utf8JsonReader reader, ObjectFields fields, string field, RequestErrors errors, Field read)
    {
        if (!fields.Enter(ref reader, field, errors))
        {
            return false;
        }

        var (seen, good) = (0u, true);
        for (int at; (at = fields.Next(ref reader, ref seen, default, errors)) >= 0;)
        {
            read(ref reader, at, $"{field}.{fields[at]}");
        }

        for (var required = 0; required < 2; required++)
        {
            if (fields.Missing(required, seen))
            {
                errors.Add($"{field}.{fields[required]}", null, "given");
                good = false;
            }
        }

        return good;
    }

    static List<T> List<T>(ref Utf8JsonReader reader, string field, int most, RequestErrors errors, Element<T> read)
        where T : class
    {
        var (elements, count) = (new List<T>(), 0);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            errors.Add(field, Found(ref reader), $"an array of 0 to {most}");
            return elements;
        }

        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count >= most)
            {
                reader.Skip();
            }
            else if (read(ref reader, $"{field}[{count}]") is { } element)
            {
                elements.Add(element);
            }
        }

        if (count > most)
        {
            errors.Add(field, $"{count}", $"an array of 0 to {most}");
        }

        return elements;
    }
}
