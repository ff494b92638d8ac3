namespace Azure.Data.Tables.Wire;

/// <summary>What a storage connection string says of the table service.</summary>
sealed record TableConnectionString(Uri Endpoint, TableSharedKeyCredential Credential)
{
    // The emulator's published account; it opens nothing else.
    const string EmulatorAccount = "devstoreaccount1";
    const string EmulatorKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// <exception cref="InvalidOperationException">A part is not of the form name=value.</exception>
    /// <exception cref="ArgumentException">The parts do not name an account.</exception>
    public static TableConnectionString Parse(string text)
    {
        ArgumentException.ThrowIfNullOrEmpty(text);
        var parts = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                // The part itself may be a key: it is not repeated.
                throw new InvalidOperationException("Settings must be of the form \"name=value\".");
            }

            parts[part[..equals]] = part[(equals + 1)..];
        }

        if (parts.TryGetValue("UseDevelopmentStorage", out var development) && bool.TryParse(development, out var emulator) && emulator)
        {
            var host = parts.TryGetValue("DevelopmentStorageProxyUri", out var proxy) ? proxy.TrimEnd('/') : "http://127.0.0.1";
            return new(new Uri($"{host}:10002/{EmulatorAccount}"), new TableSharedKeyCredential(EmulatorAccount, EmulatorKey));
        }

        if (parts.ContainsKey("SharedAccessSignature"))
        {
            throw new NotSupportedException("SharedAccessSignature is not supported: use AccountKey or an identity.");
        }

        if (!parts.TryGetValue("AccountName", out var account) || !parts.TryGetValue("AccountKey", out var key))
        {
            throw new ArgumentException("No account information found: AccountName and AccountKey are needed.", nameof(text));
        }

        var protocol = parts.GetValueOrDefault("DefaultEndpointsProtocol", "https");
        var suffix = parts.GetValueOrDefault("EndpointSuffix", "core.windows.net");
        return new(
            new Uri(parts.GetValueOrDefault("TableEndpoint", $"{protocol}://{account}.table.{suffix}")),
            new TableSharedKeyCredential(account, key));
    }
}
