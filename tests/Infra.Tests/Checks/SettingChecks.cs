using System.Text.Json;
using System.Text.RegularExpressions;
using SasRec.Infra.Tests.Arm;
using SasRec.Storage;
using SasRec.Storage.Telemetry;

namespace SasRec.Infra.Tests.Checks;

/// <summary>Settings that infra gives and settings that the code reads.</summary>
static partial class SettingChecks
{
    // What the platform reads, by the names that it documents.
    static readonly string[] Platform =
    [
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AzureWebJobsDisableHomepage",
        "FUNCTIONS_WORKER_RUNTIME",
        "WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED",
    ];

    static readonly string[] Storage =
        ["", "__credential", "__clientId", "__blobServiceUri", "__queueServiceUri", "__tableServiceUri", "__accountName"];

    /// <summary>Every setting without a default is given by infra, and infra gives none that nobody reads.</summary>
    public static IEnumerable<string> Functions(Repository repository)
    {
        var given = Given(repository.Module("api").Created("Microsoft.Web/sites").At("properties", "siteConfig", "appSettings"));
        var known = Known(repository);
        return Required(repository).Except(given.Keys).Select(name => $"The functions read {name}, which functions.bicep does not set.")
            .Concat(given.Keys.Where(name => !known.Contains(name)).Select(name => $"functions.bicep sets {name}, which nobody reads."))
            .Concat(OpensStorage("functions.bicep", given));
    }

    /// <summary>The trainer can open the account with what trainer.bicep gives, and gets no more.</summary>
    public static IEnumerable<string> Trainer(Repository repository)
    {
        var given = Given(repository.Module("trainer").Created("Microsoft.App/jobs").At("properties", "template", "containers")[0].GetProperty("env"));
        return OpensStorage("trainer.bicep", given)
            .Concat(given.Keys.Where(name => name != TelemetryExport.InsightsSetting && !Storage.Any(s => name == Names.Connection + s))
                .Select(name => $"trainer.bicep sets {name}, which nobody reads."));
    }

    /// <summary>The sample of local settings has every setting without a default, and no setting that nobody reads.</summary>
    public static IEnumerable<string> LocalSample(Repository repository)
    {
        using var document = JsonDocument.Parse(repository.Text("local.settings.sample.json"));
        var given = document.RootElement.GetProperty("Values").EnumerateObject().Select(p => p.Name).ToHashSet();
        var known = Known(repository);
        return Required(repository).Append(Names.Connection).Except(given)
            .Select(name => $"The functions read {name}, which local.settings.sample.json lacks.")
            .Concat(given.Where(name => !known.Contains(name))
                .Select(name => $"local.settings.sample.json has {name}, which nobody reads."));
    }

    static Dictionary<string, string> Given(JsonElement settings) =>
        settings.EnumerateArray().ToDictionary(setting => setting.Text("name"), setting => setting.Text("value"));

    static IEnumerable<string> OpensStorage(string file, Dictionary<string, string> given)
    {
        StorageOptions? options = null;
        string? problem = null;
        try
        {
            options = StorageOptions.Read(given.Select(setting => KeyValuePair.Create(setting.Key, (string?)Stand(setting.Value))));
        }
        catch (ArgumentException e)
        {
            problem = e.Message;
        }

        return problem is not null ? [$"{file}: {problem}"]
            : options is { ConnectionString: null, ClientId: not null } ? []
            : [$"{file} does not open storage with an identity."];
    }

    // An address for an expression that is one, else its text.
    static string Stand(string value) =>
        value.StartsWith('[') && value.Contains(".primaryEndpoints.", StringComparison.Ordinal) ? "https://account.example/" : value;

    /// <summary>References of triggers and direct readings without another value.</summary>
    static HashSet<string> Required(Repository repository) =>
    [
        .. from source in repository.Sources("functions")
           from Match match in Reference().Matches(source.Text)
           select match.Groups[1].Value,
        .. from source in repository.Sources("functions")
           from Match match in Reading().Matches(source.Text)
           where !match.Groups[2].Success
           select match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal),
    ];

    /// <summary>What the code reads: the reference of settings, which a test of the functions holds to the options' records.</summary>
    static HashSet<string> Known(Repository repository) =>
    [
        .. Platform,
        .. Storage.Select(s => Names.Connection + s),
        .. Documented().Matches(repository.Text("docs/settings.md")).Select(match => match.Groups[1].Value),
    ];

    [GeneratedRegex("\"%([A-Za-z_]+)%\"")]
    private static partial Regex Reference();

    [GeneratedRegex("""[cC]onfiguration\["([A-Za-z_:]+)"\](\s*\?\?|\s+is )?""")]
    private static partial Regex Reading();

    [GeneratedRegex(@"^\| `(\w+)`", RegexOptions.Multiline)]
    private static partial Regex Documented();
}
