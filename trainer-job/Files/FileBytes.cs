using System.IO.Compression;
using System.Text;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Files;

/// <summary>A file's text as UTF-8: unpacked where it is gzip, converted where it is UTF-16 or another encoding was named.</summary>
sealed class FileBytes : IDisposable
{
    static readonly (byte[] Magic, string Kind, string Remedy)[] Refused =
    [
        ("PK\x03\x04"u8.ToArray(), "a ZIP archive or an Excel workbook", "unpack it, or save the sheet as CSV UTF-8"),
        ([0xD0, 0xCF, 0x11, 0xE0], "an Excel workbook", "save the sheet as CSV UTF-8"),
        ([0x28, 0xB5, 0x2F, 0xFD], "compressed with zstd", "unpack it: zstd -d FILE"),
        ("BZh"u8.ToArray(), "compressed with bzip2", "unpack it: bunzip2 FILE"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed with xz", "unpack it: unxz FILE"),
        ([0x37, 0x7A, 0xBC, 0xAF], "a 7z archive", "unpack it"),
        ("SQLite format 3"u8.ToArray(), "an SQLite database", "export the table as CSV"),
        ("Obj\x01"u8.ToArray(), "an Avro file", "export it as CSV, JSON lines or Parquet"),
        ("ORC"u8.ToArray(), "an ORC file", "export it as CSV, JSON lines or Parquet"),
        ("%PDF"u8.ToArray(), "a PDF", "export the table as CSV"),
    ];

    static readonly byte[] Gzip = [0x1F, 0x8B];

    readonly FileStream raw;

    FileBytes(FileStream raw, Stream content, string? note, bool isParquet) =>
        (this.raw, Content, Note, IsParquet) = (raw, content, note, isParquet);

    /// <summary>UTF-8, or the bytes of a Parquet file.</summary>
    public Stream Content { get; }

    /// <summary>How it was packed or encoded; null for plain UTF-8.</summary>
    public string? Note { get; }

    /// <summary>Whether it is a Parquet file.</summary>
    public bool IsParquet { get; }

    /// <summary>How many bytes of the file were read so far.</summary>
    public long Position => raw.Position;

    /// <summary>The file's size.</summary>
    public long Length => raw.Length;

    /// <summary>Opens a file and looks at its first bytes.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="encoding">The name of its encoding; null for UTF-8, or UTF-16 with a byte order mark.</param>
    /// <exception cref="UserError">It cannot be opened, or is of a kind that is not read.</exception>
    public static FileBytes Open(string path, string? encoding)
    {
        var raw = OpenRaw(path);
        try
        {
            var head = Head(raw);
            if (head.AsSpan().StartsWith("PAR1"u8))
            {
                return new FileBytes(raw, raw, null, isParquet: true);
            }

            Stream content = raw;
            string? note = null;
            if (head.AsSpan().StartsWith(Gzip))
            {
                content = new GZipStream(raw, CompressionMode.Decompress);
                head = Head(content);
                raw.Position = 0;
                content = new GZipStream(raw, CompressionMode.Decompress);
                note = "gzip";
            }

            if (Refused.FirstOrDefault(kind => head.AsSpan().StartsWith(kind.Magic)) is { Kind: not null } refused)
            {
                throw new UserError($"{path} is {refused.Kind}; {refused.Remedy}.") { Code = ExitCode.Usage };
            }

            var from = encoding is not null ? Named(encoding)
                : head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? Encoding.Unicode
                : head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? Encoding.BigEndianUnicode
                : null;
            if (from is not null)
            {
                content = Encoding.CreateTranscodingStream(content, from, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                note = note is null ? from.WebName : $"{note}, {from.WebName}";
            }

            return new FileBytes(raw, content, note, isParquet: false);
        }
        catch (Exception e)
        {
            raw.Dispose();
            throw e is InvalidDataException ? new UserError($"{path} is a damaged gzip file: {e.Message}", e) { Code = ExitCode.Usage } : e;
        }
    }

    /// <summary>Writes what comes through a pipe to a temporary file, which can be read more than once.</summary>
    /// <returns>The file's path; whoever asked deletes it.</returns>
    public static string Spool(Stream pipe)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sasrec-{Guid.NewGuid():N}");
        try
        {
            using var file = new FileStream(path, FileMode.CreateNew);
            pipe.CopyTo(file);
            return path;
        }
        catch (Exception e)
        {
            File.Delete(path);
            throw e is IOException or UnauthorizedAccessException
                ? new UserError($"Cannot keep standard input in {path}: {e.Message} TMPDIR names another folder.", e) { Code = ExitCode.Usage }
                : e;
        }
    }

    static FileStream OpenRaw(string path)
    {
        if (Directory.Exists(path))
        {
            throw new UserError($"{path} is a folder; name the files in it.") { Code = ExitCode.Usage };
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserError($"Cannot read {path}: {e.Message}", e) { Code = ExitCode.Usage };
        }
    }

    static byte[] Head(Stream stream)
    {
        var head = new byte[16];
        var read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (stream.CanSeek)
        {
            stream.Position = 0;
        }

        return head[..read];
    }

    static Encoding Named(string name)
    {
        try
        {
            Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (ArgumentException e)
        {
            throw new UserError($"--encoding '{name}' must be an encoding's name, such as latin1, windows-1252 or utf-16.", e) { Code = ExitCode.Usage };
        }
    }

    public void Dispose()
    {
        Content.Dispose();
        raw.Dispose();
    }
}
