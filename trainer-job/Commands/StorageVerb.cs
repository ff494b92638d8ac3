using System.CommandLine;
using Azure;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>A verb that works on the storage account that the environment names.</summary>
abstract class StorageVerb(Terminal terminal, string name, string description) : Verb(terminal, name, description)
{
    /// <summary>Does it.</summary>
    /// <param name="storage">The account, with everything in it that the system needs.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ctrl-C or SIGTERM.</param>
    protected abstract Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation);

    protected sealed override async Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            var storage = Open();
            await storage.EnsureCreatedAsync(cancellation);
            return await RunAsync(storage, parsed, cancellation);
        }
        catch (Exception e) when (e is ModelNotFoundException or ModelCorruptException or ModelPointerMovedException)
        {
            throw new UserError($"{e.Message} 'models' shows what there is.", e);
        }
        catch (NewerFormatException e)
        {
            throw new UserError(e.Message, e);
        }
        catch (RequestFailedException e)
        {
            throw new UserError($"Storage refused: {FirstLine(e)} (status {e.Status}, {e.ErrorCode}).", e);
        }
        catch (AggregateException e) when (e.InnerExceptions.All(inner => inner is RequestFailedException))
        {
            throw new UserError($"Storage does not answer: {FirstLine(e.InnerExceptions[0])} Check {Names.Connection}.", e);
        }
    }

    StorageConnection Open()
    {
        try
        {
            return new StorageConnection(StorageOptions.Read(Terminal.SettingNames.Select(name => KeyValuePair.Create(name, Terminal.Setting(name)))), Terminal.Time);
        }
        catch (ArgumentException e)
        {
            throw new UserError(FirstLine(e), e) { Code = ExitCode.Usage };
        }
    }

    static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
