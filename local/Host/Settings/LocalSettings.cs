using System.Text.Json;

namespace SasRec.Host.Settings;

/// <summary>local.settings.json as Core Tools reads it: app settings under <c>Values</c>, the host's own under <c>Host</c>.</summary>
static class LocalSettings
{
    static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The settings of a file, named as environment variables are: two underscores between the parts of a name.</summary>
    /// <exception cref="InvalidDataException">The file is not JSON, is encrypted, or a value is not of its kind.</exception>
    public static Dictionary<string, string> Read(string path)
    {
        using var document = Parse(path);
        var root = document.RootElement;
        if (root.TryGetProperty("IsEncrypted", out var encrypted) && encrypted.ValueKind == JsonValueKind.True)
        {
            throw new InvalidDataException($"{path}: IsEncrypted must be false; the development host reads plain settings only.");
        }

        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Add(settings, path, root, "Values", "");
        Add(settings, path, root, "ConnectionStrings", "ConnectionStrings__");
        Add(settings, path, root, "Host", "Host__");
        return settings;
    }

    static void Add(Dictionary<string, string> settings, string path, JsonElement root, string section, string prefix)
    {
        if (!root.TryGetProperty(section, out var values) || values.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (values.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException($"{path}: {section} must be an object, found {values.ValueKind}.");
        }

        foreach (var value in values.EnumerateObject())
        {
            settings[prefix + value.Name.Replace(":", "__", StringComparison.Ordinal)] =
                value.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                    ? throw new InvalidDataException($"{path}: {section}.{value.Name} must be a single value, found {value.Value.ValueKind}.")
                    : value.Value.ToString();
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
