using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Models;
using SasRec.Trainer.Console;
using SasRec.Trainer.Publish;

namespace SasRec.Trainer.Commands;

/// <summary>Brings a model from a folder to the registry.</summary>
sealed class PublishVerb : StorageVerb
{
    readonly Argument<string> folder = new("DIR") { Description = "The folder that train wrote." };
    readonly Option<bool> activate = new("--activate") { Description = "Let it serve at once, if its verdict allows." };
    readonly Option<bool> overrule = new("--override") { Description = "With --activate: also if the gate refused it; it is recorded." };
    readonly WhoOption who = new();

    public PublishVerb(Terminal terminal)
        : base(terminal, "publish", "Uploads a model that train wrote to the registry. It does not serve before it is activated.")
    {
        Add(folder);
        Add(activate);
        Add(overrule);
        Add(who);
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
