using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Options;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>One verb of the command line: options, and what it does; failures become one line and an exit code.</summary>
abstract class Verb : Command
{
    /// <summary>A verb.</summary>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does, in one sentence.</param>
    protected Verb(Terminal terminal, string name, string description)
        : base(name, description)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        Terminal = terminal;
        SetAction(async (parsed, cancellation) =>
        {
            terminal.Json = parsed.GetValue(CommonOptions.Json);
            terminal.Verbose = parsed.GetValue(CommonOptions.Verbose);
            return (int)await GuardedAsync(parsed, cancellation);
        });
    }

    /// <summary>Where it writes.</summary>
    protected Terminal Terminal { get; }

    /// <summary>What events mean by the settings of the environment.</summary>
    /// <exception cref="UserError">A setting is not allowed; the message names it, its value and what is allowed.</exception>
    protected EventMeanings Meanings()
    {
        try
        {
            return new EventMeanings(OptionsReader.Read<EventOptions>(
                Terminal.SettingNames.Select(name => KeyValuePair.Create(name, Terminal.Setting(name)))));
        }
        catch (ArgumentException e)
        {
            throw new UserError(e.Message.ReplaceLineEndings(" "), e) { Code = ExitCode.Usage };
        }
    }

    /// <summary>Does it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="cancellation">Ctrl-C or SIGTERM.</param>
    protected abstract Task<ExitCode> RunAsync(ParseResult parsed, CancellationToken cancellation);

    async Task<ExitCode> GuardedAsync(ParseResult parsed, CancellationToken cancellation)
    {
        try
        {
            return await RunAsync(parsed, cancellation);
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
        {
            return Fail(ExitCode.Interrupted, e, "Interrupted. What was done is saved; the same command goes on from there.");
        }
        catch (ArgumentOutOfRangeException e)
        {
            return Fail(ExitCode.Usage, e, OutOfRange(e));
        }
        catch (UserError e)
        {
            return Fail(e.Code, e, e.Message);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Nowhere to write, no space left, no permission: the message names the file.
            return Fail(ExitCode.Usage, e, e.Message.ReplaceLineEndings(" "));
        }
#pragma warning disable CA1031 // The last resort of the process: whatever it is, say it in one line and exit with a code.
        catch (Exception e)
        {
            return Fail(ExitCode.Failure, e, $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} (--verbose shows where)");
        }
#pragma warning restore CA1031
    }

    /// <summary>The message without the framework's additions, and the value found.</summary>
    static string OutOfRange(ArgumentOutOfRangeException e)
    {
        var message = e.Message.Split(" (Parameter", 2)[0];
        return e.ActualValue is null ? message : string.Create(CultureInfo.InvariantCulture, $"{message} Found: {e.ActualValue}.");
    }

    ExitCode Fail(ExitCode code, Exception e, string message)
    {
        Terminal.Error.WriteLine(message);
        if (Terminal.Verbose)
        {
            Terminal.Error.WriteLine(e);
        }

        if (Terminal.Json)
        {
            Terminal.Finish(new { Error = message, ExitCode = (int)code }, message);
        }

        return code;
    }
}
