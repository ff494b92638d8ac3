using System.Text.Json;
using SasRec.Core.Contracts;
using SasRec.Core.Experiments;
using SasRec.Core.Explore;
using SasRec.Functions.Http;
using SasRec.Functions.Rules;

namespace SasRec.Functions.Experiments;

/// <summary>Reads an experiment from JSON; everything that is wrong is named by its place.</summary>
static class ExperimentReader
{
    const int Arms = 0, Reason = 1, By = 2, Placement = 3, WindowSeconds = 4, Effect = 5;
    const int Name = 0, Share = 1, ModelVersion = 2, Recommender = 3, Exploration = 4, Temperature = 5, Epsilon = 6;

    static readonly ObjectFields Fields = new(2, "arms", "reason", "by", "placement", "windowSeconds", "effect");
    static readonly ObjectFields ArmFields = new(2, "name", "share", "modelVersion", "recommender", "exploration", "temperature", "epsilon", "rules");

    static readonly string ArmsRange = $"an array of 2 to {Experiment.MaxArms} arms";

    /// <summary>What a body puts, by whom and why.</summary>
    public static (Experiment Experiment, string By, string Reason) Read(ReadOnlySpan<byte> body, string id, RequestErrors errors)
    {
        var experiment = new Experiment { Id = id, Arms = [] };
        var (by, reason) = ("http", "");
        StrictJson.Parse(body, errors, (ref Utf8JsonReader reader) =>
        {
            if (!Fields.Enter(ref reader, "body", errors))
            {
                return;
            }

            var seen = 0u;
            for (int field; (field = Fields.Next(ref reader, ref seen, default, errors)) >= 0;)
            {
                var name = Fields[field];
                switch (field)
                {
                    case Arms:
                        experiment = experiment with { Arms = ReadArms(ref reader, name, errors) };
                        break;
                    case Reason:
                        reason = JsonFields.Id(ref reader, name, default, errors) ?? "";
                        break;
                    case By:
                        by = JsonFields.Label(ref reader, name, default, errors) ?? "";
                        break;
                    case Placement:
                        experiment = experiment with { Placement = JsonFields.Label(ref reader, name, default, errors) };
                        break;
                    case WindowSeconds:
                        experiment = experiment with
                        {
                            WindowSeconds = (int?)JsonFields.Integer(ref reader, name, default, 1, Experiment.MaxWindowSeconds, errors) ?? experiment.WindowSeconds,
                        };
                        break;
                    default:
                        experiment = experiment with
                        {
                            Effect = JsonFields.Number(ref reader, name, default, e => e is >= 0.001 and <= 10, "0.001 to 10", errors) ?? experiment.Effect,
                        };
                        break;
                }
            }

            foreach (var required in (ReadOnlySpan<int>)[Arms, Reason])
            {
                if (Fields.Missing(required, seen))
                {
                    errors.Add(Fields[required], null, "given");
                }
            }
        });
        if (experiment.Placement is null && experiment.Changes.HasFlag(ArmChanges.Rules))
        {
            errors.Add(Fields[Placement], null, "given where an arm has rules: that is where they can be shipped to");
        }

        return (experiment, by, reason);
    }

    static List<ExperimentArm> ReadArms(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var (arms, count) = (new List<ExperimentArm>(), 0);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            errors.Add(field, StrictJson.Found(ref reader), ArmsRange);
            return arms;
        }

        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            if (count >= Experiment.MaxArms)
            {
                reader.Skip();
            }
            else if (ReadArm(ref reader, $"{field}[{count}]", errors) is { } arm)
            {
                arms.Add(arm);
            }
        }

        if (count is < 2 or > Experiment.MaxArms)
        {
            errors.Add(field, $"{count} arms", ArmsRange);
        }

        if (arms.DistinctBy(arm => arm.Name).Count() < arms.Count)
        {
            errors.Add(field, string.Join(", ", arms.Select(arm => arm.Name)), "arms with names of their own");
        }

        // Shares such as a third are not exact.
        if (arms.Sum(arm => arm.Share) > 1 + 1e-9)
        {
            errors.Add(field, FormattableString.Invariant($"shares of {arms.Sum(arm => arm.Share):R} together"), "shares of at most 1 together");
        }

        return arms;
    }

    static ExperimentArm? ReadArm(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        if (!ArmFields.Enter(ref reader, field, errors))
        {
            reader.Skip();
            return null;
        }

        var (arm, seen) = (new ExperimentArm("", 0), 0u);
        for (int at; (at = ArmFields.Next(ref reader, ref seen, default, errors)) >= 0;)
        {
            var name = $"{field}.{ArmFields[at]}";
            arm = at switch
            {
                Name => arm with { Name = JsonFields.Label(ref reader, name, default, errors) ?? "" },
                Share => arm with { Share = JsonFields.Number(ref reader, name, default, s => s is > 0 and <= 1, "above 0, at most 1", errors) ?? 0 },
                ModelVersion => arm with { ModelVersion = JsonFields.Id(ref reader, name, default, errors) },
                Recommender => arm with { Recommender = ReadRecommender(ref reader, name, errors) },
                Exploration => arm with { Exploration = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) },
                Temperature => arm with
                {
                    Temperature = JsonFields.Number(ref reader, name, default, ExplorationPolicy.IsTemperature, ExplorationPolicy.TemperatureRange, errors),
                },
                Epsilon => arm with { Epsilon = JsonFields.Number(ref reader, name, default, IsShare, "0 to 1", errors) },
                _ => arm with { Rules = RuleReader.Read(ref reader, name, errors) },
            };
        }

        foreach (var required in (ReadOnlySpan<int>)[Name, Share])
        {
            if (ArmFields.Missing(required, seen))
            {
                errors.Add($"{field}.{ArmFields[required]}", null, "given");
            }
        }

        if (arm is { Exploration: not null, Temperature: not null })
        {
            errors.Add($"{field}.exploration", "given", "absent where a temperature is given");
        }

        return arm;
    }

    static string? ReadRecommender(ref Utf8JsonReader reader, string field, RequestErrors errors)
    {
        var name = JsonFields.Label(ref reader, field, default, errors);
        if (name is not null && !Recommenders.All.Contains(name))
        {
            errors.Add(field, name, $"one of {string.Join(", ", Recommenders.All)}");
        }

        return name;
    }

    static bool IsShare(double value) => value is >= 0 and <= 1;
}
