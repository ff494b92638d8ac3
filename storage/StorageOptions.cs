using System.Globalization;

namespace SasRec.Storage;

/// <summary>Which storage account, and how it is used.</summary>
public sealed record StorageOptions
{
    const string Section = "Storage";

    static readonly string[] Known = [nameof(NamePrefix), nameof(Parallelism), nameof(FeedMargin), nameof(FeedLag)];

    /// <summary>A connection string; null where an identity opens the account.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>The blob service, for an identity.</summary>
    public Uri? BlobServiceUri { get; init; }

    /// <summary>The queue service, for an identity.</summary>
    public Uri? QueueServiceUri { get; init; }

    /// <summary>The table service, for an identity.</summary>
    public Uri? TableServiceUri { get; init; }

    /// <summary>The client id of a user-assigned identity; null for the identity that the machine has.</summary>
    public string? ClientId { get; init; }

    /// <summary>What stands before every table, queue and container name, so that several systems share an account:
    /// lower-case letters and digits, beginning with a letter, at most 40.</summary>
    public string NamePrefix { get; init; } = "";

    /// <summary>How many requests one call may have under way at once, 1 to 256.</summary>
    public int Parallelism { get; init; } = 16;

    /// <summary>How far the time in a feed row's key may be from the storage server's clock, 2 s to 10 min.</summary>
    /// <remarks>A row that took longer is written again; see <see cref="Log.ChangeFeed"/>.</remarks>
    public TimeSpan FeedMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far behind the storage server's clock the feed is read: more than twice <see cref="FeedMargin"/>,
    /// at most 1 h.</summary>
    public TimeSpan FeedLag { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Reads the options from settings; both ':' and '__' divide a name, as in configuration and in the environment.</summary>
    /// <param name="setting">The value of a setting, or null: <c>name => configuration[name]</c>
    /// or <c>Environment.GetEnvironmentVariable</c>.</param>
    /// <param name="names">The names of all settings, so that an unknown one of this section is found.</param>
    /// <exception cref="FormatException">A value is not of its kind; the message names the setting and the value.</exception>
    /// <exception cref="ArgumentException">A name is unknown, or a value is missing or out of range.</exception>
    public static StorageOptions Read(Func<string, string?> setting, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(names);
        RefuseUnknown();
        var defaults = new StorageOptions();
        return new StorageOptions
        {
            ConnectionString = Find(Names.Connection),
            BlobServiceUri = Address("blob"),
            QueueServiceUri = Address("queue"),
            TableServiceUri = Address("table"),
            ClientId = Find(Names.Connection, "clientId"),
            NamePrefix = Find("Storage", "NamePrefix") ?? defaults.NamePrefix,
            Parallelism = Parse("Parallelism", s => int.Parse(s, CultureInfo.InvariantCulture), defaults.Parallelism),
            FeedMargin = Parse("FeedMargin", s => TimeSpan.Parse(s, CultureInfo.InvariantCulture), defaults.FeedMargin),
            FeedLag = Parse("FeedLag", s => TimeSpan.Parse(s, CultureInfo.InvariantCulture), defaults.FeedLag),
        }.Validated();

        void RefuseUnknown()
        {
            foreach (var name in names.Select(name => name.Replace("__", ":", StringComparison.Ordinal)))
            {
                if (name.StartsWith(Section + ':', StringComparison.OrdinalIgnoreCase) && !IsKnown(name[(Section.Length + 1)..]))
                {
                    throw new ArgumentException(
                        $"{name.Replace(":", "__", StringComparison.Ordinal)} is an unknown setting; " +
                        $"known are {string.Join(", ", Known.Select(known => $"{Section}__{known}"))}.");
                }
            }
        }

        // The environment tells upper from lower case: a name in the wrong case has no value there.
        bool IsKnown(string name) => Known.Contains(name)
            || (Known.Contains(name, StringComparer.OrdinalIgnoreCase) && Find(Section, Known.Single(k => k.Equals(name, StringComparison.OrdinalIgnoreCase))) is not null);

        string? Find(params string[] path) =>
            setting(string.Join(':', path)) is { Length: > 0 } inConfiguration ? inConfiguration
            : setting(string.Join("__", path)) is { Length: > 0 } inEnvironment ? inEnvironment
            : null;

        Uri? Address(string service)
        {
            if (Find(Names.Connection, service + "ServiceUri") is { } text)
            {
                return Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri
                    : throw new FormatException($"{Names.Connection}__{service}ServiceUri must be an absolute URI; found '{text}'.");
            }

            return Find(Names.Connection, "accountName") is { } account
                ? new Uri($"https://{account}.{service}.core.windows.net")
                : null;
        }

        T Parse<T>(string name, Func<string, T> parse, T otherwise)
        {
            if (Find(Section, name) is not { } text)
            {
                return otherwise;
            }

            try
            {
                return parse(text);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw new FormatException($"{Section}__{name} cannot be read as {typeof(T).Name}; found '{text}'.", e);
            }
        }
    }

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentException">A value is missing or out of range; the message names it, the value and the range.</exception>
    public StorageOptions Validated()
    {
        if (ConnectionString is null && (BlobServiceUri is null || QueueServiceUri is null || TableServiceUri is null))
        {
            throw new ArgumentException(
                $"No storage account: set {Names.Connection} to a connection string, or {Names.Connection}__blobServiceUri, " +
                $"{Names.Connection}__queueServiceUri and {Names.Connection}__tableServiceUri (or {Names.Connection}__accountName).");
        }

        if (NamePrefix.Length > 40 || NamePrefix.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c)) ||
            (NamePrefix.Length > 0 && char.IsAsciiDigit(NamePrefix[0])))
        {
            throw OutOfRange(nameof(NamePrefix), "at most 40 lower-case letters and digits, beginning with a letter", $"'{NamePrefix}'");
        }

        if (Parallelism is < 1 or > 256)
        {
            throw OutOfRange(nameof(Parallelism), "1 to 256", $"{Parallelism}");
        }

        if (FeedMargin < TimeSpan.FromSeconds(2) || FeedMargin > TimeSpan.FromMinutes(10))
        {
            throw OutOfRange(nameof(FeedMargin), "00:00:02 to 00:10:00", $"{FeedMargin}");
        }

        if (FeedLag <= 2 * FeedMargin || FeedLag > TimeSpan.FromHours(1))
        {
            throw OutOfRange(nameof(FeedLag), $"over {2 * FeedMargin} (twice {Section}__{nameof(FeedMargin)}) and at most 01:00:00", $"{FeedLag}");
        }

        return this;
    }

    static ArgumentException OutOfRange(string name, string allowed, string found) => new($"{Section}__{name} must be {allowed}, found {found}.");
}
