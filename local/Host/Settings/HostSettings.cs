using Microsoft.Extensions.Configuration;

namespace SasRec.Host.Settings;

/// <summary>Everything that the host is told: its command line, the environment, local.settings.json and host.json.</summary>
/// <param name="AppFolder">The folder of the built functions app: host.json, worker.config.json, the app's assemblies.</param>
/// <param name="Port">Where the API listens; 0 for any free port.</param>
/// <param name="AppSettings">The app settings, environment over local.settings.json, as the worker's environment gets them.</param>
/// <param name="Configuration">The same with host.json under <c>AzureWebJobs</c>, as the WebJobs SDK reads it.</param>
sealed record HostSettings(
    string AppFolder, ushort Port, IReadOnlyDictionary<string, string> AppSettings, IConfiguration Configuration)
{
    const int StandardPort = 7071;

    /// <summary>Where the app says which functions are of which scope.</summary>
    public string Scopes => Path.Combine(AppFolder, "scopes.json");

    /// <summary>The first part of every route; host.json, <c>extensions.http.routePrefix</c>.</summary>
    public string RoutePrefix => (Configuration["AzureWebJobs:extensions:http:routePrefix"] ?? "api").Trim('/');

    /// <summary>The largest request body in bytes; FUNCTIONS_REQUEST_BODY_SIZE_LIMIT, 100 MiB unless set.</summary>
    public long MaxBodyBytes => Configuration.GetValue("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", 104_857_600L);

    /// <summary>Hosts with one id share their timers' records and leases.</summary>
    public string HostId => Configuration["AzureFunctionsWebHost:hostid"] ?? "sasrec-functions";

    /// <summary>Whether the host ends when its standard input does.</summary>
    public bool StopWhenInputCloses => Configuration.GetValue("Host:StopWhenInputCloses", false);

    /// <summary>How long a queue message that a function has is hidden from others.</summary>
    public TimeSpan MessageVisibility => Configuration.GetValue("Host:MessageVisibility", TimeSpan.FromSeconds(30));

    /// <summary>How long functions may take to end when the host stops.</summary>
    public TimeSpan StopTimeout => Configuration.GetValue("Host:StopTimeout", TimeSpan.FromSeconds(30));

    /// <summary>Reads the settings.</summary>
    /// <param name="appFolder">The folder of the built functions app.</param>
    /// <param name="port">The port of the command line; null where it names none.</param>
    /// <exception cref="InvalidDataException">A file or a value is wrong; the message names it.</exception>
    public static HostSettings Read(string appFolder, string? port)
    {
        var hostJson = Path.Combine(appFolder, "host.json");
        if (!File.Exists(hostJson) || !File.Exists(Path.Combine(appFolder, "worker.config.json")))
        {
            throw new InvalidDataException($"{appFolder} is not a built functions app: it must hold host.json and worker.config.json.");
        }

        var appSettings = AppSettingsOf(Path.GetFullPath("local.settings.json"));
        var configuration = new ConfigurationBuilder();
        try
        {
            // The WebJobs SDK reads its options under a name of its own.
            var file = new ConfigurationBuilder().AddJsonFile(hostJson).Build();
            if (file["version"] is not "2.0")
            {
                throw new InvalidDataException($"{hostJson}: version must be \"2.0\", found {(file["version"] is { } v ? $"\"{v}\"" : "none")}.");
            }

            configuration.AddInMemoryCollection(file.AsEnumerable().Select(pair => KeyValuePair.Create("AzureWebJobs:" + pair.Key, pair.Value)));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException { InnerException: FormatException })
        {
            throw new InvalidDataException($"{hostJson} is not valid JSON: {(e.InnerException ?? e).Message}", e);
        }

        var named = appSettings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value)).ToArray();
        configuration.AddInMemoryCollection(named);
        const string Override = "AzureFunctionsJobHost:";
        configuration.AddInMemoryCollection(named
            .Where(pair => pair.Key.StartsWith(Override, StringComparison.OrdinalIgnoreCase))
            .Select(pair => KeyValuePair.Create("AzureWebJobs:" + pair.Key[Override.Length..], pair.Value)));
        var all = configuration.Build();
        return new HostSettings(appFolder, PortOf(port, all), appSettings, all);
    }

    static Dictionary<string, string> AppSettingsOf(string localSettings)
    {
        var settings = File.Exists(localSettings) ? LocalSettings.Read(localSettings) : new(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            settings[(string)variable.Key] = (string?)variable.Value ?? "";
        }

        return settings;
    }

    static ushort PortOf(string? commandLine, IConfiguration settings)
    {
        (string Name, string? Value)[] places =
        [
            ("--port", commandLine), ("FUNCTIONS_PORT", settings["FUNCTIONS_PORT"]), ("Host.LocalHttpPort", settings["Host:LocalHttpPort"]),
        ];
        var (name, value) = places.FirstOrDefault(place => !string.IsNullOrEmpty(place.Value));
        return value is null ? (ushort)StandardPort
            : ushort.TryParse(value, out var port) ? port
            : throw new InvalidDataException($"{name} must be a port from 0 to 65535, found '{value}'.");
    }
}
