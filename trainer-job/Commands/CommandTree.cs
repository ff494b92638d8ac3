using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Numerics;
using SasRec.Core.Contracts;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>The whole command line.</summary>
public static class CommandTree
{
    /// <summary>All verbs under one root.</summary>
    /// <param name="terminal">Where they write.</param>
    public static RootCommand Build(Terminal terminal)
    {
        var root = new RootCommand("Trains SASRec on the interaction log and publishes models.")
        {
            CommonOptions.Json,
            CommonOptions.Verbose,
            new RunVerb(terminal),
            new TrainVerb(terminal),
            new EvaluateVerb(terminal),
            new ExportVerb(terminal),
            new PublishVerb(terminal),
            new RecommendVerb(terminal),
            new ImportVerb(terminal),
            new ItemsVerb(terminal),
            new ModelsVerb(terminal),
            new InsightsVerb(terminal),
            new ExperimentsVerb(terminal),
            new ReplayVerb(terminal),
            new RestoreVerb(terminal),
            new SpacesVerb(terminal),
        };
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        return root;
    }

    /// <summary>Runs one command line.</summary>
    /// <param name="args">The arguments of the process.</param>
    /// <param name="terminal">Where to write.</param>
    /// <param name="cancellation">Ctrl-C or SIGTERM.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, Terminal terminal, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(terminal);
        var parsed = Build(terminal).Parse(args);
        string[] errors = [.. parsed.Errors.Select(error => error.Message), .. CommasInNumbers(parsed)];
        if (errors.Length > 0 && parsed.Action is not HelpWithExitCodes)
        {
            foreach (var error in errors)
            {
                terminal.Error.WriteLine(error);
            }

            var verb = parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ";
            terminal.Error.WriteLine($"Usage: {verb}--help shows what is allowed.");
            return (int)ExitCode.Usage;
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return await parsed.InvokeAsync(configuration, cancellation);
    }

    /// <summary>Numbers with a comma, which the parser would take for a separator of thousands: 0,5 would be 5.</summary>
    static IEnumerable<string> CommasInNumbers(ParseResult parsed) =>
        from result in parsed.CommandResult.Children.OfType<OptionResult>()
        let type = Nullable.GetUnderlyingType(result.Option.ValueType) ?? result.Option.ValueType
        where type != typeof(string) && type.GetInterface(typeof(INumber<>).Name) is not null
        from token in result.Tokens
        where token.Value.Contains(',')
        select $"{result.Option.Name} '{token.Value}' must be a number with a point before decimals and no comma.";

    /// <summary>The usual help, and below it what the exit codes mean.</summary>
    sealed class HelpWithExitCodes(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Exit codes:");
            foreach (var meant in Enum.GetValues<ExitCode>())
            {
                output.WriteLine($"  {(int)meant,-4}{meant.Meaning()}");
            }

            return code;
        }
    }
}
