using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>Lets a version score live traffic without showing anything.</summary>
sealed class ShadowVerb : StorageVerb
{
    readonly Argument<string?> version = new("VERSION")
    {
        Description = "The version, refused or not.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    readonly Option<bool> end = new("--end") { Description = "End the shadow instead." };
    readonly Option<string> reason = new("--reason") { Description = "Why; it is recorded.", DefaultValueFactory = _ => "by hand" };
    readonly WhoOption who = new();

    public ShadowVerb(Terminal terminal)
        : base(terminal, "shadow", "Lets a version score live traffic without showing anything; the API's models/shadow tells how it fares.")
    {
        Add(version);
        Add(end);
        Add(reason);
        Add(who);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var wanted = parsed.GetValue(version);
        if (wanted is null != parsed.GetValue(end))
        {
            throw new UserError("shadow takes a VERSION, or --end.") { Code = ExitCode.Usage };
        }

        var registry = new ModelRegistry(storage);
        var (by, why) = (who.Of(parsed), parsed.GetValue(reason)!);
        var pointer = wanted is null
            ? await registry.EndShadowAsync(by, why, cancellation)
            : await registry.ShadowAsync(wanted, by, why, cancellation);
        Terminal.Finish(pointer, wanted is null ? "There is no shadow." : $"{wanted} is the shadow.");
        return ExitCode.Ok;
    }
}
