using SasRec.Core.Evaluate.Coverage;

namespace SasRec.Core.Evaluate.Insights;

/// <summary>What each model served, to see what a retrain changed. The models that served longest ago go where there are too many.</summary>
sealed class ModelTally
{
    const int MaxModels = 30;
    const int TopItems = 50;

    readonly Dictionary<string, Served> models = new(StringComparer.Ordinal);

    /// <summary>Adds a slate.</summary>
    /// <param name="outcome">The slate.</param>
    /// <param name="sums">Its slots together.</param>
    /// <param name="items">[slots]: the numbers of its items.</param>
    public void Add(SlateOutcome outcome, in SlotSums sums, ReadOnlySpan<int> items)
    {
        var at = outcome.Impression.ServedAt;
        var model = Of(outcome.Impression.ModelVersion, at, at);
        model.Slates++;
        model.Rates.Add(sums);
        foreach (var item in items)
        {
            model.Items[item] = model.Items.GetValueOrDefault(item) + 1;
        }

        Forget();
    }

    /// <summary>Adds what another has.</summary>
    /// <param name="other">The other.</param>
    /// <param name="numbers">The number here of each of its item numbers.</param>
    public void Add(ModelTally other, int[] numbers)
    {
        foreach (var (version, theirs) in other.models)
        {
            var model = Of(version, theirs.First, theirs.Last);
            model.Slates += theirs.Slates;
            model.Rates.Add(theirs.Rates);
            foreach (var (item, count) in theirs.Items)
            {
                model.Items[numbers[item]] = model.Items.GetValueOrDefault(numbers[item]) + count;
            }
        }

        Forget();
    }

    public IReadOnlyList<ModelDrift> Drift(LedgerOptions options, int catalogue)
    {
        var drift = new List<ModelDrift>();
        KeyValuePair<string, Served>? previous = null;
        foreach (var pair in models.OrderBy(m => m.Value.First).ThenBy(m => m.Key, StringComparer.Ordinal))
        {
            var (version, model) = pair;
            var counts = new int[Math.Max(catalogue, model.Items.Count)];
            model.Items.Values.CopyTo(counts, 0);
            drift.Add(new ModelDrift(
                version,
                model.First,
                model.Last,
                model.Slates,
                model.Rates.Rate(version, options),
                Concentration.Coverage(counts),
                Concentration.Gini(counts),
                previous?.Key,
                previous is { } before ? Overlap(before.Value, model) : null,
                TopItems,
                previous is { } earlier ? Shift(earlier.Value, model) : null));
            previous = pair;
        }

        return drift;
    }

    static double Overlap(Served a, Served b)
    {
        var (left, right) = (Top(a), Top(b));
        var common = left.Intersect(right).Count();
        return common / (double)Math.Max(1, left.Length + right.Length - common);
    }

    static int[] Top(Served model) =>
        [.. model.Items.OrderByDescending(i => i.Value).ThenBy(i => i.Key).Take(TopItems).Select(i => i.Key)];

    static double Shift(Served a, Served b)
    {
        double left = a.Items.Values.Sum(c => (long)c), right = b.Items.Values.Sum(c => (long)c);
        return a.Items.Keys.Union(b.Items.Keys)
            .Sum(item => Math.Abs((a.Items.GetValueOrDefault(item) / left) - (b.Items.GetValueOrDefault(item) / right))) / 2;
    }

    Served Of(string version, DateTimeOffset first, DateTimeOffset last)
    {
        if (!models.TryGetValue(version, out var model))
        {
            models[version] = model = new Served { First = first, Last = last };
        }

        model.First = first < model.First ? first : model.First;
        model.Last = last > model.Last ? last : model.Last;
        return model;
    }

    void Forget()
    {
        while (models.Count > MaxModels)
        {
            models.Remove(models.MinBy(m => m.Value.Last).Key);
        }
    }

    sealed class Served
    {
        public DateTimeOffset First { get; set; }

        public DateTimeOffset Last { get; set; }

        public long Slates { get; set; }

        public RateTally Rates { get; } = new();

        public Dictionary<int, int> Items { get; } = [];
    }
}
