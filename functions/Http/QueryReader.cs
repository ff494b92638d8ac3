using System.Globalization;
using Microsoft.AspNetCore.Http;
using SasRec.Core.Events;

namespace SasRec.Functions.Http;

/// <summary>Reads parameters of a query string as strictly as JSON is read.</summary>
sealed class QueryReader(IQueryCollection query, RequestErrors errors)
{
    /// <summary>A reader of a request that has no body.</summary>
    public QueryReader(HttpRequest request)
        : this(request.Query, new RequestErrors())
    {
    }

    static readonly DateTimeOffset LatestTime = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // The Functions runtime's own: the key may come in the query.
    readonly HashSet<string> read = new(StringComparer.OrdinalIgnoreCase) { "code", "clientId" };

    public long? Integer(string name, long least, long most)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        errors.Add(name, text, $"an integer, {least} to {most}");
        return null;
    }

    public double? Number(string name, Func<double, bool> allowed, string range)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && allowed(value))
        {
            return value;
        }

        errors.Add(name, text, range);
        return null;
    }

    /// <summary>An RFC 3339 time with its offset, of this or the next century: every span before or behind it is a time too.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        // The offset is told by its shape: without one a time would be read as this machine's.
        if (text.Length >= "2000-01-01T00:00Z".Length
            && (text[^1] == 'Z' || text[^6] is '+' or '-')
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            && time >= InteractionRules.EarliestTimestamp
            && time < LatestTime)
        {
            return time;
        }

        errors.Add(name, text, "an RFC 3339 time with offset, 2000-01-01T00:00:00Z to 2199-12-31T23:59:59Z");
        return null;
    }

    public bool? Boolean(string name)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        if (text is "true" or "false")
        {
            return text == "true";
        }

        errors.Add(name, text, "true or false");
        return null;
    }

    public string? Label(string name) => Text(name, InteractionRules.IsLabel, JsonFields.LabelRange);

    public string? Text(string name, Func<ReadOnlySpan<char>, bool> allowed, string range)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        Check(name, text, allowed, range);
        return text;
    }

    public string? Id(string name) => Text(name, InteractionRules.IsId, JsonFields.IdRange);

    /// <summary>An id that is one segment of the path; or, where the segment is <c>-</c>, the parameter <c>id</c>.</summary>
    /// <remarks>A server decodes every escape of a path but %2F, which would end the segment, and takes the segments <c>.</c> and <c>..</c>
    /// away. So <c>a%2Fb</c> may have been sent for the id <c>a/b</c> or, as <c>a%252Fb</c>, for the id <c>a%2Fb</c>. The parameter carries any id.</remarks>
    /// <param name="name">What the API calls the segment.</param>
    /// <param name="segment">The segment, decoded by the server.</param>
    /// <param name="exact">Whether the wrong one of two ids would do harm: a segment that may stand for two is refused.</param>
    public string PathId(string name, string segment, bool exact = false)
    {
        if (Id("id") is { } given)
        {
            Check(name, segment, text => text is "-", "- where the parameter 'id' is given");
            return given;
        }

        var id = segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        Check(name, id, InteractionRules.IsId, JsonFields.IdRange);
        Check(name, segment, text => !exact || text.SequenceEqual(id), "without a slash or %2F, because a path may stand for two ids then: give - in the path and the id as the parameter 'id'");
        return id;
    }

    /// <summary>Reports a value that is not allowed.</summary>
    public void Check(string name, string value, Func<ReadOnlySpan<char>, bool> allowed, string range)
    {
        if (!allowed(value))
        {
            errors.Add(name, value, range);
        }
    }

    /// <summary>A parameter that may be given many times, an id each.</summary>
    public IReadOnlyList<string> Ids(string name, int most) =>
        List(name, most, "ids", id => InteractionRules.IsId(id), JsonFields.IdRange);

    /// <summary>A parameter that may be given many times, a label each.</summary>
    public IReadOnlyList<string> Labels(string name, int most) =>
        List(name, most, "labels", label => InteractionRules.IsLabel(label), JsonFields.LabelRange);

    string[] List(string name, int most, string what, Func<string?, bool> allowed, string range)
    {
        read.Add(name);
        var values = query[name];
        if (values.Count > most)
        {
            errors.Add(name, $"{values.Count} {what}", $"0 to {most} {what}");
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (!allowed(values[i]))
            {
                errors.Add($"{name}[{i}]", values[i], range);
            }
        }

        return [.. values.OfType<string>()];
    }

    /// <summary>Refuses the request if a parameter is wrong or unknown; call it once every parameter is read.</summary>
    /// <exception cref="RefusedException">Something is wrong with the request.</exception>
    public void Finish()
    {
        ReportUnknown();
        errors.Refuse();
    }

    /// <summary>Reports every parameter that was not read.</summary>
    public void ReportUnknown()
    {
        foreach (var (name, values) in query)
        {
            if (!read.Contains(name))
            {
                errors.Add(errors.Echo(name), values.ToString(), "absent: there is no such parameter");
            }
        }
    }

    string? Single(string name)
    {
        read.Add(name);
        var values = query[name];
        if (values.Count > 1)
        {
            errors.Add(name, "given again", "given once");
        }

        return values.Count == 0 ? null : values[0];
    }
}
