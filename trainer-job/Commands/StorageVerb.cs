using System.CommandLine;
using Azure;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>A verb that works on the storage account that the environment names.</summary>
abstract class StorageVerb : Verb
{
    readonly Option<string> space = new(TrainerArguments.Space)
    {
        Description = "The space to work in; else the default one. 'spaces' lists them.",
        DefaultValueFactory = _ => "",
    };

    /// <summary>A verb on storage.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, in one sentence.</param>
    /// <param name="inSpace">Whether it works in one space, which the command line names.</param>
    protected StorageVerb(Terminal terminal, string name, string description, bool inSpace = true)
        : base(terminal, name, description)
    {
        if (inSpace)
        {
            Add(space);
        }
    }

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
            if (parsed.GetValue(space) is { Length: > 0 } wanted)
            {
                storage = await InAsync(storage, wanted, cancellation);
            }

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

    /// <summary>A space that there is: a slip of the pen must not make one, nor a run bring one back that was deleted.</summary>
    protected static async Task<StorageConnection> InAsync(StorageConnection storage, string space, CancellationToken cancellation)
    {
        if (SpaceName.IsAllowed(space) && storage.In(space) is var found && await found.ExistsAsync(cancellation))
        {
            return found;
        }

        throw new UserError($"There is no space '{space}'. 'spaces' lists those that there are; Spaces__Names of the functions app makes one.") { Code = ExitCode.Usage };
    }

    static string FirstLine(Exception e) => e.Message.Split('\n')[0].Trim();
}
