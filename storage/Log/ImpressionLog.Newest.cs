using SasRec.Core.Events;

namespace SasRec.Storage.Log;

/// <content>The newest of the log, without reading what lies before.</content>
public sealed partial class ImpressionLog
{
    static readonly TimeSpan FirstStep = TimeSpan.FromHours(1);

    /// <summary>The newest impressions of a span of time that meet a condition, oldest of them first.</summary>
    /// <remarks>Reads backwards from the end in steps, each twice as long as the one before where that held few.</remarks>
    /// <param name="from">The first time that belongs to the span.</param>
    /// <param name="until">The first time that no longer does.</param>
    /// <param name="count">How many at most, 1 or more.</param>
    /// <param name="where">The condition.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task<IReadOnlyList<Impression>> NewestAsync(
        DateTimeOffset from, DateTimeOffset until, int count, Func<Impression, bool> where, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentNullException.ThrowIfNull(where);
        var newest = new List<Impression>();
        for (var (end, step) = (until, FirstStep); end > from && newest.Count < count;)
        {
            var start = end - from > step ? end - step : from;
            var found = new List<Impression>();
            await foreach (var impression in ScanAsync(start, end, cancellation))
            {
                if (where(impression))
                {
                    found.Add(impression);
                }
            }

            newest.AddRange(found);
            step = found.Count < count / 4 ? 2 * step : step;
            end = start;
        }

        return
        [
            .. newest.OrderBy(impression => impression.ServedAt).ThenBy(impression => impression.RecommendationId, StringComparer.Ordinal)
                .TakeLast(count),
        ];
    }
}
