namespace SasRec.Architecture.Tests;

/// <summary>Finds circles among folders.</summary>
static class Circles
{
    /// <summary>The shortest circle, one line a tie with the types that make it; null if there is none.</summary>
    /// <param name="ties">Which type uses which.</param>
    public static string? Find(IReadOnlyList<TypeTie> ties)
    {
        var uses = ties.Where(tie => tie.FromFolder != tie.ToFolder).ToLookup(tie => tie.FromFolder);
        return uses.Select(group => group.Key).Order(StringComparer.Ordinal)
            .Select(start => Path(uses, start))
            .Where(path => path is not null)
            .MinBy(path => path!.Count) is { } circle
            ? $"{circle.Count} folders use each other:\n" + string.Join('\n', circle.Select((folder, i) => Text(uses, folder, circle[(i + 1) % circle.Count])))
            : null;
    }

    static string Text(ILookup<string, TypeTie> uses, string from, string to)
    {
        var types = uses[from].Where(tie => tie.ToFolder == to).Select(tie => $"{tie.FromType} uses {tie.ToType}").Distinct().Order(StringComparer.Ordinal);
        return $"  {from} uses {to}: {string.Join(", ", types)}";
    }

    /// <summary>The shortest way from a folder back to itself, by breadth first.</summary>
    static List<string>? Path(ILookup<string, TypeTie> uses, string start)
    {
        var (before, queue) = (new Dictionary<string, string>(), new Queue<string>([start]));
        while (queue.TryDequeue(out var folder))
        {
            foreach (var next in uses[folder].Select(tie => tie.ToFolder).Distinct())
            {
                if (next == start)
                {
                    var path = new List<string> { folder };
                    while (path[^1] != start)
                    {
                        path.Add(before[path[^1]]);
                    }

                    path.Reverse();
                    return path;
                }

                if (before.TryAdd(next, folder))
                {
                    queue.Enqueue(next);
                }
            }
        }

        return null;
    }
}
