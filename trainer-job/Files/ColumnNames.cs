using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>The names that people give to columns, and what they mean.</summary>
/// <remarks>
/// Case and everything but letters and digits do not matter, nor does the type that RecBole appends (<c>user_id:token</c>). Of a role's names
/// the strongest group counts; two columns of one group are an error, except for values, where the first name of the list counts.
/// </remarks>
static class ColumnNames
{
    static readonly Dictionary<FieldRole, string[]> Groups = new()
    {
        [FieldRole.User] =
        [
            "user userid uid visitor visitorid customer customerid custid client clientid member memberid account accountid reviewer reviewerid "
            + "person personid shopper shopperid buyer buyerid subscriber subscriberid reader readerid listener listenerid viewer viewerid "
            + "player playerid student studentid learner learnerid consumer consumerid userpseudoid customeruniqueid customeruserid householdkey householdid "
            + "anonymousid profileid steamid msno",
            "username login useremail customeremail email userhash authorid",
            "session sessionid usersession visit visitid deviceid cookieid browserid",
        ],
        [FieldRole.Item] =
        [
            "item itemid movie movieid product productid parentasin sku productsku itemsku lineitemsku business businessid isbn book bookid track trackid song "
            + "songid video videoid article articleid news newsid game gameid app appid listing listingid recipe recipeid course courseid "
            + "poi poiid venue venueid place placeid stockcode gmapid content contentid post postid offer offerid job jobid "
            + "hotel hotelid show showid anime animeid beer beerid document documentid docid iid goodsid aid itemnumber productcode productnumber",
            "asin variantid variantsku artist artistid locationid objectid adid pid",
            "itemname productname title movietitle trackname artistname lineitemname",
        ],
        [FieldRole.Time] =
        [
            "timestamp time ts datetime date createdat created createdon createdtime eventtime eventtimestamp eventdate eventdatetime unixreviewtime "
            + "unixtime unixtimestamp epoch orderedat orderdate ordertime ordertimestamp orderpurchasetimestamp purchasedate purchasetime "
            + "purchasedat purchasetimestamp invoicedate tdat occurredat occurred loggedat viewedat clickedat listenedat playedat watchedat ratedat "
            + "reviewedat transactiondate transactiontime transactiontimestamp actiontime clicktime viewtime checkintime reviewdate ratingdate tstamp "
            + "timestampms timems tsms datetimeutc timeutc timestamputc createdatutc interactiontime interactiontimestamp servertime",
            "reviewtime updatedat modifiedat insertedat receivedat",
        ],
        [FieldRole.Type] =
        [
            "type eventtype event feedbacktype action actiontype behavior behaviour behaviortype behaviourtype interactiontype interaction eventname",
            "activity activitytype verb feedback",
        ],
        [FieldRole.Source] = ["source"],
        [FieldRole.Value] = ["value rating", "stars", "overall", "score", "bookrating", "eventvalue"],
        [FieldRole.Id] = ["eventid eventuuid interactionid insertid messageid", "reviewid ratingid"],
    };

    static readonly Dictionary<string, (FieldRole Role, int Group)> Known = Groups
        .SelectMany(role => role.Value.SelectMany((names, group) => names.Split(' ').Select(name => (name, role.Key, group))))
        .ToDictionary(entry => entry.name, entry => (entry.Key, entry.group), StringComparer.Ordinal);

    /// <summary>The groups of names of each role, the strongest first; names of a group are divided by blanks.</summary>
    public static IReadOnlyDictionary<FieldRole, string[]> All => Groups;

    /// <summary>What a name means; null where it is not known.</summary>
    public static (FieldRole Role, int Group)? Meaning(string name)
    {
        if (Known.TryGetValue(Plain(name), out var known))
        {
            return known;
        }

        var dot = name.LastIndexOf('.');
        return dot > 0 && Known.TryGetValue(Plain(name[(dot + 1)..]), out known) ? known : null;
    }

    /// <summary>Letters and digits in lower case, without the type that RecBole appends.</summary>
    public static string Plain(string name)
    {
        var colon = name.IndexOf(':');
        name = colon > 0 && name[(colon + 1)..].Trim(' ', '"', '\'') is "token" or "float" or "token_seq" or "float_seq" ? name[..colon] : name;
        return string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();
    }

    /// <summary>Finds the column of each role.</summary>
    /// <param name="columns">The names as they stand.</param>
    /// <param name="asked">Columns that the user named.</param>
    /// <param name="wrong">What is wrong; null if nothing is.</param>
    /// <returns>The column of each role, -1 where none has it.</returns>
    public static int[] Find(IReadOnlyList<string> columns, ColumnChoice asked, out string? wrong)
    {
        var found = new int[Groups.Count];
        Array.Fill(found, -1);
        wrong = null;
        foreach (var (role, name) in asked.Columns)
        {
            if (name.Length > 0 && (found[(int)role] = IndexOf(columns, name)) < 0)
            {
                wrong ??= $"--columns {ColumnChoice.NameOf(role)}={name}: there is no such column among '{string.Join("', '", columns)}'";
            }
        }

        foreach (var (role, groups) in Groups.Where(role => !asked.Columns.ContainsKey(role.Key)))
        {
            for (var group = 0; group < groups.Length && found[(int)role] < 0; group++)
            {
                var candidates = Enumerable.Range(0, columns.Count)
                    .Where(column => Meaning(columns[column]) == (role, group) && !asked.Columns.Any(one => IndexOf(columns, one.Value) == column)).ToArray();
                if (candidates.Length > 1 && role != FieldRole.Value)
                {
                    wrong ??= $"the columns '{columns[candidates[0]]}' and '{columns[candidates[1]]}' mean the same; "
                        + $"say which counts: --columns {ColumnChoice.NameOf(role)}={columns[candidates[0]]}";
                }

                found[(int)role] = candidates.Length > 0 ? candidates[0] : -1;
            }
        }

        return found;
    }

    static int IndexOf(IReadOnlyList<string> columns, string name)
    {
        for (var column = 0; column < columns.Count; column++)
        {
            if (columns[column].Trim() == name || (name.Length > 0 && Plain(columns[column]) == Plain(name) && Plain(name).Length > 0))
            {
                return column;
            }
        }

        return int.TryParse(name, out var number) && number >= 1 && number <= columns.Count ? number - 1 : -1;
    }
}

/// <summary>The columns that the user named: <c>--columns user=visitorid,item=itemid,time=timestamp,type=event</c>.</summary>
/// <param name="Columns">By role: a column's name or number, 1 for the first; empty for none.</param>
sealed record ColumnChoice(IReadOnlyDictionary<FieldRole, string> Columns)
{
    /// <summary>No column is named.</summary>
    public static ColumnChoice None { get; } = new(new Dictionary<FieldRole, string>());

    /// <summary>The name of a role on the command line.</summary>
#pragma warning disable CA1308 // What people type is in lower case.
    public static string NameOf(FieldRole role) => role.ToString().ToLowerInvariant();
#pragma warning restore CA1308

    /// <summary>Reads the option.</summary>
    /// <exception cref="UserError">It names no role, or one twice.</exception>
    public static ColumnChoice Parse(string? text)
    {
        var columns = new Dictionary<FieldRole, string>();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (key, value) = part.IndexOf('=') is var at and > 0 ? (part[..at].Trim(), part[(at + 1)..].Trim()) : (part, "");
            var known = Enum.TryParse<FieldRole>(key, ignoreCase: true, out var role) && !char.IsAsciiDigit(key[0]);
            if (!known || !part.Contains('=') || !columns.TryAdd(role, value))
            {
                throw new UserError(
                    $"--columns '{text}' must name each column once: user=NAME,item=NAME and, where there are such, time, type, source, value, id.")
                {
                    Code = ExitCode.Usage,
                };
            }
        }

        return new ColumnChoice(columns);
    }
}
