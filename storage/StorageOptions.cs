using SasRec.Core.Options;

namespace SasRec.Storage;

/// <summary>Which storage account, and how it is used.</summary>
[Section("Storage")]
public sealed record StorageOptions
{
    /// <summary>A connection string; null where an identity opens the account.</summary>
    [NotInSection]
    public string? ConnectionString { get; init; }

    /// <summary>The blob service, for an identity.</summary>
    [NotInSection]
    public Uri? BlobServiceUri { get; init; }

    /// <summary>The queue service, for an identity.</summary>
    [NotInSection]
    public Uri? QueueServiceUri { get; init; }

    /// <summary>The table service, for an identity.</summary>
    [NotInSection]
    public Uri? TableServiceUri { get; init; }

    /// <summary>The client id of a user-assigned identity; null for the identity that the machine has.</summary>
    [NotInSection]
    public string? ClientId { get; init; }

    /// <summary>A prefix of every table, queue and container name, so that several systems can share an account. The functions app takes
    /// none, because its triggers have fixed names.</summary>
    [Pattern("^[a-z][a-z0-9]{0,39}$", "at most 40 lower-case letters and digits, beginning with a letter")]
    public string NamePrefix { get; init; } = "";

    /// <summary>The space: its name follows <see cref="NamePrefix"/>. Empty for the default one.</summary>
    [NotInSection, SpaceName]
    public string Space { get; init; } = "";

    /// <summary>How many requests one call to storage may have in flight.</summary>
    [Range(1, 256)]
    public int Parallelism { get; init; } = 16;

    /// <summary>The most that one call to storage may take, with its attempts, where a request of a client waits for it.</summary>
    [Range("00:00:01", "00:01:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How far a writer's clock may be off before a feed row is written again.</summary>
    /// <remarks>The bound is between the time in the row's key and the storage server's clock; see <see cref="Log.ChangeFeed"/>.</remarks>
    [Range("00:00:02", "00:10:00")]
    public TimeSpan FeedMargin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How far behind the storage server's clock training reads the feed.</summary>
    [FeedLag]
    public TimeSpan FeedLag { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Reads the account and the section 'Storage'.</summary>
    /// <param name="settings">Every setting there is, by name; ':' or '__' divides a name.</param>
    /// <exception cref="ArgumentException">A setting is unknown, missing, not of its kind or not allowed; the message names it, its value and
    /// what is allowed.</exception>
    public static StorageOptions Read(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var all = settings.ToArray();
        var account = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in all)
        {
            if (!string.IsNullOrEmpty(value))
            {
                account[key.Replace(":", "__", StringComparison.Ordinal)] = value;
            }
        }

        return (OptionsReader.Read<StorageOptions>(all) with
        {
            ConnectionString = account.GetValueOrDefault(Names.Connection),
            BlobServiceUri = Address("blob"),
            QueueServiceUri = Address("queue"),
            TableServiceUri = Address("table"),
            ClientId = account.GetValueOrDefault(Names.Connection + "__clientId"),
        }).Validated();

        Uri? Address(string service)
        {
            if (account.GetValueOrDefault($"{Names.Connection}__{service}ServiceUri") is { } text)
            {
                return Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri
                    : throw new ArgumentException($"{Names.Connection}__{service}ServiceUri must be an absolute URI. Found: {text}.");
            }

            return account.GetValueOrDefault(Names.Connection + "__accountName") is { } name ? new Uri($"https://{name}.{service}.core.windows.net") : null;
        }
    }

    /// <summary>Returns these options if every value is in range.</summary>
    /// <exception cref="ArgumentException">A value is missing or not allowed; the message names it, the value and what is allowed.</exception>
    public StorageOptions Validated()
    {
        if (ConnectionString is null && (BlobServiceUri is null || QueueServiceUri is null || TableServiceUri is null))
        {
            throw new ArgumentException(
                $"No storage account: set {Names.Connection} to a connection string, or {Names.Connection}__blobServiceUri, " +
                $"{Names.Connection}__queueServiceUri and {Names.Connection}__tableServiceUri (or {Names.Connection}__accountName).");
        }

        OptionRules.Check(this);
        return this;
    }
}

/// <summary>More than twice <see cref="StorageOptions.FeedMargin"/>, and at most an hour.</summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class FeedLagAttribute : OptionRuleAttribute
{
    static readonly TimeSpan Max = TimeSpan.FromHours(1);

    public override bool Allows(object value, object options) => (TimeSpan)value > 2 * ((StorageOptions)options).FeedMargin && (TimeSpan)value <= Max;

    public override string Text(object? options) =>
        $"more than {(options is StorageOptions found ? OptionText.Of(2 * found.FeedMargin) + ", " : "")}twice Storage__FeedMargin, and at most {OptionText.Of(Max)}";
}
