using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace SasRec.Trainer.Import;

/// <summary>Reads why a request was refused and finds the line of the file that is to blame.</summary>
static partial class ImportProblem
{
    /// <summary>The first error as a sentence about a line; null if the body is no problem+json with errors.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="lines">The line of each element of the request.</param>
    public static string? FirstLine(byte[] body, IReadOnlyList<long> lines)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0)
            {
                return Sentence(errors, lines);
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }

    static string Sentence(JsonElement errors, IReadOnlyList<long> lines)
    {
        var (field, value, range) = (Text(errors[0], "field"), Text(errors[0], "value").Trim('"'), Text(errors[0], "range"));
        var more = errors.GetArrayLength() > 1 ? $" (and {errors.GetArrayLength() - 1:N0} more)" : "";
        var advice = field.EndsWith("timestamp", StringComparison.Ordinal) ? " --times fit moves times from before 2000." : "";
        return ElementField().Match(field) is { Success: true } match
            && int.TryParse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var index) && index < lines.Count
                ? $"Line {lines[index]}: {match.Groups[2].Value} '{value}' must be {range}{more}.{advice}"
                : $"The host refused it: {field} '{value}' must be {range}{more}.";
    }

    static string Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    [GeneratedRegex(@"^(?:events|items)\[(\d+)\]\.?(.*)$")]
    private static partial Regex ElementField();
}
