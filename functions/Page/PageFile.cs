using System.Collections.Frozen;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace SasRec.Functions.Page;

/// <summary>One file of the built page, as it is in this assembly.</summary>
sealed class PageFile
{
    const string Prefix = "page/";

    static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".woff2"] = "font/woff2",
    }.ToFrozenDictionary();

    readonly Lazy<byte[]> gzipped;

    PageFile(string path, byte[] content)
    {
        Content = content;
        ContentType = ContentTypes[Path.GetExtension(path)];
        
        // Weak, because it names the file however it is encoded.
        ETag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\"", isWeak: true);

        // Vite puts the hash of their content into the names of all files but the first.
        NamedByContent = path.StartsWith("assets/", StringComparison.Ordinal);
        gzipped = new Lazy<byte[]>(() => Gzip(content));
    }

    /// <summary>Every file by its path below the page's address; "" is the page itself.</summary>
    public static FrozenDictionary<string, PageFile> All { get; } = Read(typeof(PageFile).Assembly);

    public byte[] Content { get; }

    public string ContentType { get; }

    public EntityTagHeaderValue ETag { get; }

    /// <summary>Whether another content has another path, so that a copy never goes stale.</summary>
    public bool NamedByContent { get; }

    /// <summary><see cref="Content"/>, compressed when it is first asked for.</summary>
    public byte[] Gzipped => gzipped.Value;

    static FrozenDictionary<string, PageFile> Read(Assembly assembly)
    {
        var files = new Dictionary<string, PageFile>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            var content = new byte[resource.Length];
            resource.ReadExactly(content);
            var path = name[Prefix.Length..];
            files[path == "index.html" ? "" : path] = new PageFile(path, content);
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }

    static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
