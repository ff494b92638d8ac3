using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace SasRec.Portable.LocalHost.Configuration;

/// <summary>local.settings.json: app settings under <c>Values</c>, the local host's own under <c>Host</c>.</summary>
static class LocalSettings
{
    static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Adds the file below the environment variables, which win.</summary>
    /// <exception cref="InvalidDataException">The file is no JSON, or a value is not of its kind.</exception>
    public static void AddTo(ConfigurationManager configuration, string? path)
    {
        if (path is null)
        {
            return;
        }

        IList<IConfigurationSource> sources = ((IConfigurationBuilder)configuration).Sources;
        var environment = sources.TakeWhile(s => s is not EnvironmentVariablesConfigurationSource { Prefix: null or "" }).Count();
        sources.Insert(environment, new MemoryConfigurationSource { InitialData = Read(path) });
    }

    static List<KeyValuePair<string, string?>> Read(string path)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new NotSupportedException($"{path}: IsEncrypted is true; the local host reads plain settings only.");
        }

        return [.. Section("Values", ""), .. Section("ConnectionStrings", "ConnectionStrings:"), .. Section("Host", "Host:")];

        IEnumerable<KeyValuePair<string, string?>> Section(string name, string prefix)
        {
            if (!root.TryGetProperty(name, out var section) || section.ValueKind == JsonValueKind.Null)
            {
                yield break;
            }

            if (section.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"{path}: {name} must be an object, found {section.ValueKind}.");
            }

            foreach (var value in section.EnumerateObject())
            {
                // Core Tools hands Values over as environment variables, so names follow their rule: two underscores for a colon.
                yield return new(
                    prefix + value.Name.Replace("__", ":", StringComparison.Ordinal),
                    value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                        ? throw new InvalidDataException($"{path}: {name}.{value.Name} must be a single value, found {value.Value.ValueKind}.")
                        : value.Value.ToString());
            }
        }
    }

    static JsonDocument Parse(string path)
    {
        try
        {
            var document = JsonDocument.Parse(File.ReadAllBytes(path), Lenient);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new InvalidDataException($"{path} must hold a JSON object, found {document.RootElement.ValueKind}.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path} is not valid JSON: {e.Message}", e);
        }
    }
}
