using Microsoft.Extensions.Configuration;

namespace SasRec.Functions;

/// <summary>Reads one section of the settings into one options record.</summary>
static class Settings
{
    /// <summary>The record with the section's values over its defaults; not yet validated.</summary>
    /// <exception cref="InvalidOperationException">A setting is unknown or not of its kind; the message names it and the value.</exception>
    public static T Read<T>(IConfiguration configuration, string section) where T : class, new() =>
        configuration.GetSection(section).Get<T>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new T();
}
