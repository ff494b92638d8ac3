using System.CommandLine;
using System.Globalization;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>Shows the published models; its verbs let another one serve.</summary>
sealed class ModelsVerb : StorageVerb
{
    readonly Option<int> count = new("--count")
    {
        Description = "How many at most, the newest first, 1 to 1,000.",
        DefaultValueFactory = _ => 20,
    };


    public ModelsVerb(Terminal terminal)
        : base(terminal, "models", "Lists the published models, newest first. With activate or rollback, lets another one serve; with shadow, score without showing.")
    {
        Add(count);
        Add(new ActivateVerb(terminal));
        Add(new RollbackVerb(terminal));
        Add(new ShadowVerb(terminal));
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(count) is < 1 or > 1_000)
        {
            throw new UserError($"--count must be 1 to 1,000. Found: {parsed.GetValue(count)}.") { Code = ExitCode.Usage };
        }

        var registry = new ModelRegistry(storage);
        var current = await registry.CurrentAsync(cancellation);
        var models = await registry.ListAsync(parsed.GetValue(count), cancellation);
        var lines = models.Select(m => string.Create(
            CultureInfo.InvariantCulture,
            $"{(m.Version == current?.Pointer.Version ? '*' : ' ')} {m.Version}  {m.Metrics.GetValueOrDefault(MetricNames.Ndcg()):0.0000}"
            + $"  {m.Metrics.GetValueOrDefault(MetricNames.HitRate()):0.0000}  {m.Data.Events,11:N0}  {Verdict(m)}"));
        Terminal.Finish(
            new { current = current?.Pointer.Version, history = current?.Pointer.History ?? [], models },
            string.Join(Environment.NewLine, ["  version                    NDCG@10  HR@10        events  gate", .. lines]));
        return ExitCode.Ok;
    }

    static string Verdict(ModelManifest model) => model.Verdict switch
    {
        null => "not asked",
        { Passed: true } => "passed",
        { Override: { } made } => $"refused, overridden by {made.By}: {made.Reason}",
        { Reasons: var reasons } => "refused: " + (reasons.Count > 0 ? reasons[0] : ""),
    };
}

/// <summary>Lets a version serve.</summary>
sealed class ActivateVerb : StorageVerb
{
    readonly Argument<string> version = new("VERSION") { Description = "The version." };
    readonly Option<string> reason = new("--reason")
    {
        Description = "Why; it is recorded.",
        DefaultValueFactory = _ => "activated by hand",
    };

    readonly Option<bool> overrule = new("--override") { Description = "Also if the gate refused it; it is recorded." };
    readonly WhoOption who = new();

    public ActivateVerb(Terminal terminal)
        : base(terminal, "activate", "Lets a version serve.")
    {
        Add(version);
        Add(reason);
        Add(overrule);
        Add(who);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var wanted = parsed.GetValue(version)!;
        try
        {
            var active = await new ModelRegistry(storage).ActivateAsync(
                wanted, who.Of(parsed), parsed.GetValue(reason)!, parsed.GetValue(overrule), cancellation);
            Terminal.Finish(active.Pointer.History[0], $"{wanted} serves.");
            return ExitCode.Ok;
        }
        catch (ModelRefusedException e)
        {
            throw new UserError($"{e.Message} {string.Join(' ', e.Verdict.Reasons)} --override lets it serve all the same.", e)
            {
                Code = ExitCode.GateRefused,
            };
        }
    }
}

/// <summary>Lets the version serve that served before.</summary>
sealed class RollbackVerb : StorageVerb
{
    readonly Option<string> reason = new("--reason") { Description = "Why; it is recorded.", DefaultValueFactory = _ => "rollback" };
    readonly WhoOption who = new();

    public RollbackVerb(Terminal terminal)
        : base(terminal, "rollback", "Lets the version serve that served before the current one.")
    {
        Add(reason);
        Add(who);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var registry = new ModelRegistry(storage);
        var current = await registry.CurrentAsync(cancellation) ?? throw new UserError("No model serves yet.");
        var serving = current.Pointer.Version;
        var previous = current.Pointer.History
            .Select(move => move.Previous)
            .FirstOrDefault(version => version is not null && version != serving)
            ?? throw new UserError($"No other model served before {serving}.");
        var active = await registry.ReplaceAsync(previous, serving, who.Of(parsed), parsed.GetValue(reason)!, cancellation);
        Terminal.Finish(active.Pointer.History[0], $"{previous} serves instead of {serving}.");
        return ExitCode.Ok;
    }
}

/// <summary>Who asks for a change, as the history records it.</summary>
sealed class WhoOption : Option<string?>
{
    public WhoOption()
        : base("--by") => Description = "Who asks for it; else the name of the account that runs this.";

    /// <summary>The name given, else that of the account which runs the process.</summary>
    public string Of(ParseResult parsed) => parsed.GetValue(this) is { Length: > 0 } name ? name : Environment.UserName;
}
