using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Core.Evaluate.Gate;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;
using SasRec.Trainer.Publish;
using SasRec.Trainer.Run;

namespace SasRec.Trainer.Commands;

/// <summary>Brings a model from a folder to the registry.</summary>
sealed class PublishVerb : StorageVerb
{
    readonly Argument<string> folder = new("DIR") { Description = "The folder that train wrote, or one that keeps to the contract of docs/exchange.md." };
    readonly Option<bool> activate = new("--activate") { Description = "Let it serve at once, if its verdict allows." };
    readonly Option<bool> overrule = new("--override") { Description = "With --activate: also if the gate refused it; it is recorded." };
    readonly WhoOption who = new();
    readonly RecordOptions<GateOptions> gate = new();

    public PublishVerb(Terminal terminal)
        : base(terminal, "publish", "Uploads a model to the registry. It does not serve before it is activated. One that something else trained is held to the "
            + "contract of docs/exchange.md and goes through the gate first.")
    {
        Add(folder);
        Add(activate);
        Add(overrule);
        Add(who);
        gate.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var model = new ModelFolder(parsed.GetValue(folder)!);
        var manifest = await model.ReadManifestAsync(cancellation);
        if (model.Files.Values.FirstOrDefault(file => !File.Exists(file)) is { } missing)
        {
            throw new UserError($"{missing} is missing; train writes it.");
        }

        var registry = new ModelRegistry(storage);
        var current = await registry.CurrentAsync(cancellation);
        if (model.IsForeign)
        {
            var items = await model.ReadItemsAsync(cancellation);
            ForeignContract.Check(model, manifest, items);
            manifest = await new ForeignGate(storage, Meanings(), gate.From(parsed), Terminal).JudgeAsync(
                model, manifest, items, current is null ? null : await registry.GetAsync(current.Pointer.Version, cancellation), cancellation);
        }

        var published = await registry.PublishAsync(
            manifest with { Version = "", CreatedAt = default, ParentVersion = current?.Pointer.Version }, model.Files, cancellation);
        var refused = published.Verdict is { Passed: false };
        var serves = parsed.GetValue(activate) && (!refused || parsed.GetValue(overrule));
        if (serves)
        {
            const string Reason = "published from a folder";
            await (refused
                ? registry.ActivateAsync(published.Version, who.Of(parsed), Reason, overrule: true, cancellation)
                : registry.ReplaceAsync(published.Version, current?.Pointer.Version, who.Of(parsed), Reason, cancellation));
        }

        var kept = parsed.GetValue(activate) && !serves;
        Terminal.Finish(
            new { published.Version, serves },
            kept ? $"{published.Version} is published and kept back by the gate: {string.Join(' ', published.Verdict!.Reasons)}"
            : serves ? $"{published.Version} serves."
            : $"{published.Version} is published; 'models activate {published.Version}' lets it serve.");
        return kept ? ExitCode.GateRefused : ExitCode.Ok;
    }
}
