using System.Diagnostics;

namespace SasRec.Testing;

/// <summary>openapi-typescript and a compiler of the version that it works with.</summary>
public static class TypeScriptTools
{
    /// <summary>Installs them from the lock file unless they are there.</summary>
    /// <returns>Their node_modules.</returns>
    /// <exception cref="InvalidOperationException">npm could not install them; its output says why.</exception>
    public static async Task<string> InstalledAsync()
    {
        var folder = SourceTree.File("tests/Testing/typescript");
        var modules = Path.Combine(folder, "node_modules");

        // One of the test programs that run beside each other.
        await using var right = await RightAsync(Path.Combine(Path.GetTempPath(), "sasrec-typescript.lock")).ConfigureAwait(false);
        if (!File.Exists(Path.Combine(modules, ".package-lock.json")))
        {
            using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = folder })!;
            await npm.WaitForExitAsync().ConfigureAwait(false);
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci in {folder} ended with {npm.ExitCode}.");
            }
        }

        return modules;
    }

    static async Task<FileStream> RightAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(50).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>The sources that the tests were built from.</summary>
public static class SourceTree
{
    /// <summary>The full path of a file or folder of the repository.</summary>
    public static string File(string name)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder!.FullName, "SasRec.Serverless.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.FullName, name);
    }
}
