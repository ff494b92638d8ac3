using System.Text;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

// Which column is what: by its name, or by what stands in it.
sealed partial class LayoutRecognizer
{
    FileLayout WithHeader(FileLayout layout, Sampled sample)
    {
        var names = sample.Records[0].Select(name => name.TrimStart('#').Trim()).ToArray();
        var roles = ColumnNames.Find(names, options.Columns, out var wrong);
        if (wrong is null && (roles[0] < 0 || roles[1] < 0) && names.Length == 2 && options.Header == HeaderLine.Yes)
        {
            (roles[0], roles[1]) = (0, 1);
        }

        if (wrong is not null || roles[0] < 0 || roles[1] < 0)
        {
            throw Error($"{path}: line {layout.SkippedLines + 1}: "
                + (wrong is not null ? wrong + "." : $"the header is '{string.Join(sample.Delimiter.Text, names)}'; {Missing(roles)} If it is no header: --header no."));
        }

        return layout with { HasHeader = true, Columns = names, Roles = roles, LikelyTime = LikelyTime(names, roles, sample.Records.Skip(1)) };
    }

    FileLayout WithoutHeader(FileLayout layout, Sampled sample)
    {
        var names = Enumerable.Range(1, sample.Count).Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        var rows = sample.Records.Where(fields => fields.Length == sample.Count).ToArray();
        var roles = ColumnNames.Find(names, options.Columns, out var wrong);
        if (wrong is not null)
        {
            throw Error($"{path}: {wrong}; the file has no header, so number its columns, 1 for the first.");
        }

        Infer(roles, rows, sample);
        var first = sample.Records[0];
        var phantom = options.Header == HeaderLine.Auto && rows.Length > 1 && first.All(LooksLikeName)
            && Enumerable.Range(0, sample.Count).Any(column => rows.Skip(1).All(row => row[column].Any(char.IsDigit)));
        var line = Shown(string.Join(sample.Delimiter.IsBlanks ? " " : sample.Delimiter.Text, first));
        return layout with
        {
            Columns = names,
            Roles = roles,
            PhantomHeader = phantom
                ? new FileDoubt(
                    $"Line {layout.SkippedLines + 1} '{line}' looks like a header, but its names are not known.",
                    "Is it an interaction like the others?",
                    "If it is data: --header no. If it is a header: --header yes, and --columns user=NAME,item=NAME where names are not known.",
                    read => read with { Header = HeaderLine.No })
                : null,
        };
    }

    /// <summary>Gives roles to columns without names by what they hold.</summary>
    void Infer(int[] roles, string[][] rows, Sampled sample)
    {
        const int MaxColumns = 5;
        var line = Shown(string.Join(sample.Delimiter.Text, sample.Records[0]));
        if (sample.Count > MaxColumns && (roles[0] < 0 || roles[1] < 0))
        {
            throw Error($"{path} has no header and {sample.Count} columns ('{line}'). Number them, 1 for the first: --columns user=1,item=2,time=3.");
        }

        if (!options.Columns.Columns.ContainsKey(FieldRole.Time))
        {
            var times = Enumerable.Range(0, sample.Count).Where(column => !roles.Contains(column) && rows.All(row => IsTime(row[column]))).ToArray();
            roles[(int)FieldRole.Time] = sample.Count == 2 || times.Length == 0 ? -1 : times.Length == 1 ? times[0] : throw Error(
                $"{path} has no header, and its columns {times[0] + 1} and {times[1] + 1} both hold times ('{line}'). Number them: --columns user=1,item=2,time={times[^1] + 1}.");
        }

        foreach (var role in new[] { FieldRole.User, FieldRole.Item })
        {
            if (roles[(int)role] < 0)
            {
                roles[(int)role] = Enumerable.Range(0, sample.Count).FirstOrDefault(column => !roles.Contains(column), -1);
            }
        }

        if (roles[(int)FieldRole.Item] < 0)
        {
            throw Error($"{path} has no header, and its columns are not a user and an item ('{line}'). Number them: --columns user=1,item=2.");
        }

        RefuseNoIds(roles, rows, sample.Count, line);
        if (options.Columns.Columns.Count == 0 && rows.All(row => IsAsin(row[roles[0]]) && IsReviewer(row[roles[1]])))
        {
            (roles[0], roles[1]) = (roles[1], roles[0]);
        }

        for (var column = 0; column < sample.Count; column++)
        {
            if (roles.Contains(column))
            {
                continue;
            }

            if (roles[(int)FieldRole.Type] < 0 && !options.Columns.Columns.ContainsKey(FieldRole.Type) && rows.All(row => IsType(row[column])))
            {
                roles[(int)FieldRole.Type] = column;
            }
            else if (roles[(int)FieldRole.Value] < 0 && !options.Columns.Columns.ContainsKey(FieldRole.Value) && sample.Count <= 4
                && rows.All(row => Number(row[column]) is >= -10 and <= 100) && rows.Any(row => Number(row[column]) is > 0))
            {
                roles[(int)FieldRole.Value] = column;
            }
        }
    }

    /// <summary>Refuses a user or an item that was taken by its place alone where it holds what is no id.</summary>
    void RefuseNoIds(int[] roles, string[][] rows, int count, string line)
    {
        // So many users in a row with one line each, numbered one after the other, are lines.
        const int MinNumbered = 10;
        foreach (var role in new[] { FieldRole.User, FieldRole.Item }.Where(role => !options.Columns.Columns.ContainsKey(role)))
        {
            var column = roles[(int)role];
            var why = rows.All(row => row[column].Contains('.', StringComparison.Ordinal) && Number(row[column]) is { } value && value % 1 != 0) ? "holds fractions"
                : role == FieldRole.User && count > 3 && rows.Length >= MinNumbered && rows.Zip(rows.Skip(1), (one, next) => Number(next[column]) - Number(one[column])).All(step => step == 1) ? "numbers the lines"
                : null;
            if (why is not null)
            {
                throw Error($"{path} has no header, and its column {column + 1} {why}, so it is no {role.ToString().ToLowerInvariant()} ('{line}'). "
                    + $"Number the columns: --columns user=1,item=2{(roles[(int)FieldRole.Time] is var time && time >= 0 ? $",time={time + 1}" : "")}.");
            }
        }
    }

    static double? Number(string text) =>
        double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    // From 1990 on: MovieLens 100k is of 1997. Whether such times are meant is asked later.
    bool IsTime(string text) => TimeText.Parse(Encoding.UTF8.GetBytes(text), out var time, out _) is null
        && time >= 631_152_000_000 && time <= options.Now.ToUnixTimeMilliseconds();

    static bool IsAsin(string text) => text.Length == 10 && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c)) && (text.StartsWith("B0", StringComparison.Ordinal) || char.IsAsciiDigit(text[0]));

    static bool IsReviewer(string text) => text.Length is >= 10 and <= 40 && text[0] == 'A' && text.All(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c));

    static bool IsType(string text) => ColumnNames.Plain(text) is "view" or "views" or "pv" or "click" or "clicks" or "cart" or "carts" or "addtocart" or "fav" or "buy"
        or "buys" or "purchase" or "purchases" or "order" or "orders" or "transaction" or "like" or "dislike" or "read" or "star" or "play" or "watch" or "removefromcart" or "impressionseen";

    /// <summary>A column that has no role but holds times only; null where there is none.</summary>
    string? LikelyTime(string[] names, int[] roles, IEnumerable<string[]> rows)
    {
        var sampled = rows.ToArray();
        return Enumerable.Range(0, names.Length).Where(column => !roles.Contains(column) && sampled.Length > 0
            && sampled.All(row => column < row.Length && IsTime(row[column]))).Select(column => names[column]).FirstOrDefault();
    }

    static string Shown(string text) => text.Length <= 80 ? text : string.Concat(text.AsSpan(0, 79), "…");

    static UserError Error(string message) => new(message) { Code = ExitCode.Usage };
}
