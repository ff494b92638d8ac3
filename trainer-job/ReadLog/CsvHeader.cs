namespace SasRec.Trainer.ReadLog;

/// <summary>Which column of a CSV file holds what; -1 where none does.</summary>
sealed record CsvHeader(int User, int Item, int Time, int Type, int Source, int Value, int Count)
{
    /// <summary>Reads a header; case, '_', '-' and spaces in names do not matter, columns not known here are ignored.</summary>
    /// <param name="columns">The names as they stand.</param>
    /// <param name="wrong">What is wrong with them; null if nothing is.</param>
    public static CsvHeader? Of(IReadOnlyList<string> columns, out string? wrong)
    {
        var names = columns.Select(Plain).ToList();
        wrong = null;
        var header = new CsvHeader(
            Find(["user", "userid"], ref wrong),
            Find(["item", "itemid"], ref wrong),
            Find(["timestamp", "time"], ref wrong),
            Find(["type", "eventtype"], ref wrong),
            Find(["source"], ref wrong),
            Find(["value", "rating"], ref wrong),
            names.Count);
        if (wrong is null && (header.User < 0 || header.Item < 0))
        {
            wrong = $"the header is '{string.Join(',', columns)}'; it must name the columns 'user' and 'item', "
                + "and may name 'timestamp', 'type', 'source' and 'value'";
        }

        return wrong is null ? header : null;

        int Find(string[] accepted, ref string? wrong)
        {
            var found = Enumerable.Range(0, names.Count).Where(i => accepted.Contains(names[i])).ToList();
            if (found.Count > 1)
            {
                wrong = $"the columns '{columns[found[0]]}' and '{columns[found[1]]}' mean the same; the header must name one";
            }

            return found.Count == 0 ? -1 : found[0];
        }
    }

    static string Plain(string name) => string.Concat(name.Where(c => c is not ('_' or '-' or ' '))).ToLowerInvariant();
}
