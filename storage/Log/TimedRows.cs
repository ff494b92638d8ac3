using Azure.Data.Tables;

namespace SasRec.Storage.Log;

/// <summary>Writes rows whose keys begin with the time of the storage server's clock, to a known margin.</summary>
/// <remarks>A row that is visible at v by that clock has a key k with v &lt;= k + M, however wrong the writer's own clock is: the server's
/// answer carries its clock, and a row that is further off is written again under another key. A reader at time r therefore misses only
/// rows with keys above r - M, and one that goes back by more than M misses none. <see cref="ChangeFeed"/> holds the argument.</remarks>
sealed class TimedRows(TableClient table, StorageOptions options, TimeProvider time)
{
    const int MaxAttempts = 10;

    readonly ServerClock clock = new(time);

    /// <summary>The storage server's clock as far as it is known; asks nobody.</summary>
    public DateTimeOffset Now => clock.Now;

    /// <summary>When the server gave an answer; see <see cref="ServerClock.Observe"/>.</summary>
    public DateTimeOffset Observe(Azure.Response response, DateTimeOffset asked) => clock.Observe(response, asked);

    /// <summary>Writes a row, again where it was too slow.</summary>
    /// <param name="newKey">A new key that begins with a time.</param>
    /// <param name="fill">Writes the row's columns.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <returns>The time in the key that stands.</returns>
    public async Task<DateTimeOffset> WriteAsync(
        Func<DateTimeOffset, (string Partition, string Row)> newKey, Action<TableEntity> fill, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var at = clock.Now;
            var (partition, key) = newKey(at);
            var row = new TableEntity(partition, key);
            fill(row);
            var response = await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation);
            var error = clock.Observe(response, at) - at;
            if (error.Duration() + ServerClock.Resolution <= options.FeedMargin)
            {
                return at;
            }

            if (attempt == MaxAttempts)
            {
                throw new TimeoutException(
                    $"{MaxAttempts} attempts to write to the table {table.Name} took longer than the margin of {options.FeedMargin}; " +
                    $"the last was {error} off.");
            }
        }
    }

    /// <summary>What the storage server's clock shows, at most a second too early.</summary>
    public async Task<DateTimeOffset> ServerTimeAsync(CancellationToken cancellation)
    {
        // A read of a row that is never there: the cheapest answer that carries the server's clock.
        var asked = clock.Now;
        var response = await table.GetEntityIfExistsAsync<TableEntity>("clock", "clock", [nameof(ITableEntity.RowKey)], cancellation);
        return clock.Observe(response.GetRawResponse(), asked);
    }
}
