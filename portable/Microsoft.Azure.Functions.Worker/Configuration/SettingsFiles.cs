namespace SasRec.Portable.LocalHost.Configuration;

/// <summary>Where the two settings files lie; null where there is none.</summary>
sealed record SettingsFiles(string? HostJson, string? LocalSettings)
{
    /// <summary>The first of each file that is found in the folders.</summary>
    public static SettingsFiles In(params IReadOnlyList<string?> folders)
    {
        return new SettingsFiles(First("host.json"), First("local.settings.json"));

        string? First(string name) =>
            folders.Where(f => !string.IsNullOrEmpty(f)).Select(f => Path.GetFullPath(name, Path.GetFullPath(f!))).FirstOrDefault(File.Exists);
    }
}
