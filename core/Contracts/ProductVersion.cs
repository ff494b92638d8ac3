using System.Reflection;

namespace SasRec.Core.Contracts;

/// <summary>The version of this build.</summary>
public static class ProductVersion
{
    /// <summary>The version from the newest tag of the repository, and the commit: "1.2.0+9f3c...", or after a tag "1.2.1-alpha.0.5+9f3c...". A copy
    /// of the sources without a repository says "0.1.0-source".</summary>
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
