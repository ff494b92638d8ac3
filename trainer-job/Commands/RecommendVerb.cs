using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SasRec.Core.Contracts;
using SasRec.Core.Events;
using SasRec.Core.Items;
using SasRec.Core.Options;
using SasRec.Core.Rules;
using SasRec.Serving.Inference;
using SasRec.Serving.Items;
using SasRec.Serving.Slates;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Models;
using SasRec.Storage.Rules;
using SasRec.Trainer.Console;
using SasRec.Trainer.Exchange;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;
using SasRec.Trainer.Recommend;

namespace SasRec.Trainer.Commands;

/// <summary>Recommends to all users, or to some, into files.</summary>
sealed class RecommendVerb : StorageVerb
{
    const string ModelKey = "model", AtKey = "at", RulesKey = "rules";

    readonly Option<string> output = new("--out") { Description = "The folder of the files: a part for each bucket of users, and _state.json.", Required = true };
    readonly Option<BatchFormat> format = new("--format") { Description = "JsonLines: a user on each line. Parquet: a recommended item in each row.", DefaultValueFactory = _ => BatchFormat.JsonLines };
    readonly Option<string?> users = new("--users") { Description = "A file with the only users, an id on each line; else all users of the log." };
    readonly Option<string?> model = new("--model") { Description = "The version of a published model; else the one that serves." };
    readonly Option<string?> allow = new("--allow") { Description = "A file with the only items that may be recommended, an id on each line." };
    readonly Option<string?> deny = new("--deny") { Description = "A file with items that must not be recommended, an id on each line." };
    readonly Option<string[]> allowCategories = new("--allow-categories") { Description = "Only items of one of these categories may be recommended.", AllowMultipleArgumentsPerToken = true };
    readonly Option<string[]> denyCategories = new("--deny-categories") { Description = "Items of these categories must not be recommended.", AllowMultipleArgumentsPerToken = true };
    readonly Option<bool> restart = new("--restart") { Description = "Begin anew in a folder that holds a batch." };
    readonly RecordOptions<BatchOptions> options = new();

    public RecommendVerb(Terminal terminal)
        : base(
            terminal,
            "recommend",
            "Recommends to all users of the log, or to listed ones, into files: the greedy slates that the API would answer, by the same filters and rules. "
                + "Nothing is logged. One that was stopped goes on where it was; every user is in the files once.")
    {
        foreach (var option in new Option[] { output, format, users, model, allow, deny, allowCategories, denyCategories, restart })
        {
            Add(option);
        }

        options.AddTo(this);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var (batch, serve, meanings) = (options.From(parsed), Serve(), Meanings());
        var listed = Ids(parsed, users);
        var asked = new RecommendationRequest
        {
            K = batch.K,
            Placement = batch.Placement,
            Allow = Ids(parsed, allow),
            Deny = Ids(parsed, deny) ?? [],
            AllowCategories = parsed.GetValue(allowCategories) is { Length: > 0 } only ? only : null,
            DenyCategories = parsed.GetValue(denyCategories) ?? [],
            OnlySeen = batch.OnlySeen,
            ExcludeSeen = !batch.IncludeSeen,
            NewItemShare = 0,
            Temperature = 0,
        };
        using var held = FolderLock.Take(parsed.GetValue(output)!, output.Name);
        var folder = PartFolder.Open(parsed.GetValue(output)!, Describe(parsed, batch, asked, listed), parsed.GetValue(restart));
        var change = (await new RuleStore(storage).CurrentAsync(cancellation)).Of(batch.Placement) is { Rules: not null } current ? current : null;
        if (!folder.GoesOn)
        {
            folder.Begin(new Dictionary<string, string>
            {
                [ModelKey] = parsed.GetValue(model) ?? await ServingAsync(storage, cancellation),
                [RulesKey] = VersionOf(change),
                [AtKey] = Terminal.Time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
            });
        }
        else if (folder.Found.GetValueOrDefault(RulesKey, "") != VersionOf(change))
        {
            throw new UserError(
                $"The rules of placement '{batch.Placement}' were at change {folder.Found.GetValueOrDefault(RulesKey, "")} when this batch began. "
                + $"Found: {VersionOf(change)}. --restart begins anew.");
        }

        var begun = Stopwatch.StartNew();
        var (version, now) = (folder.Found[ModelKey], Terminal.Time.GetUtcNow());
        var catalogue = Catalogue.Empty.With(new ItemUpdate(
            true, (await new ItemStore(storage).ScanAsync(cancellation)).ToDictionary(item => item.Id, CatalogueItem? (item) => item, StringComparer.Ordinal)));
        var loaded = await LoadAsync(storage, version, catalogue, now, cancellation);
        var snapshot = await SettledSnapshot.ReadAsync(storage, Terminal, cancellation);
        var recommender = new BatchRecommender(
            loaded, loaded.Index!, asked, change?.Rules ?? SlateRules.None, batch.Recommender, serve.DislikeStrength, now);
        var run = new BatchRun(storage, recommender, meanings, serve.HistoryLength, batch.Threads);
        var prepared = begun.Elapsed;
        var recommended = await run.WriteAsync(folder, parsed.GetValue(format), version, snapshot, listed, Terminal, cancellation);
        loaded.LetGo();
        return Finish(folder, recommended, begun.Elapsed - prepared, begun.Elapsed);
    }

    ExitCode Finish(PartFolder folder, long recommended, TimeSpan recommending, TimeSpan elapsed)
    {
        using var process = Process.GetCurrentProcess();
        var summary = new
        {
            ModelVersion = folder.Found[ModelKey],
            Users = folder.Parts.Values.Sum(part => part.Users),
            Rows = folder.Parts.Values.Sum(part => part.Rows),
            UsersNow = recommended,
            UsersPerSecond = Math.Round(recommended / Math.Max(1e-3, recommending.TotalSeconds), 1),
            Seconds = Math.Round(elapsed.TotalSeconds, 2),
            PeakMegabytes = Math.Round(process.PeakWorkingSet64 / 1e6, 1),
        };
        Terminal.Finish(summary, FormattableString.Invariant(
            $"{summary.Users:N0} users have recommendations of {summary.ModelVersion}; {recommended:N0} of them now, {summary.UsersPerSecond:N0} a second, {summary.PeakMegabytes:N0} MB at most."));
        return ExitCode.Ok;
    }

    /// <summary>The settings of the functions app, as far as the environment has them.</summary>
    ServeOptions Serve()
    {
        try
        {
            return OptionsReader.Read<ServeOptions>(Terminal.SettingNames.Select(name => KeyValuePair.Create(name, Terminal.Setting(name))));
        }
        catch (ArgumentException e)
        {
            throw new UserError(e.Message.ReplaceLineEndings(" "), e) { Code = ExitCode.Usage };
        }
    }

    static async Task<LoadedModel> LoadAsync(
        StorageConnection storage, string version, Catalogue catalogue, DateTimeOffset now, CancellationToken cancellation)
    {
        var folder = Path.Combine(Path.GetTempPath(), "sasrec-trainer", "models", version);
        var manifest = await ModelFiles.DownloadAsync(new ModelRegistry(storage), version, folder, cancellation);
        return await LoadedModel.LoadAsync(
            manifest,
            folder,
            (items, content) =>
            {
                var view = new CatalogueView(items, content);
                view.Follow(catalogue, now);
                return view;
            },
            cancellation);
    }

    static async Task<string> ServingAsync(StorageConnection storage, CancellationToken cancellation) =>
        (await new ModelRegistry(storage).CurrentAsync(cancellation))?.Pointer.Version
        ?? throw new UserError("No model serves. 'run' trains one; 'models activate VERSION' lets a published one serve.");

    /// <summary>What makes two batches the same.</summary>
    Dictionary<string, string> Describe(ParseResult parsed, BatchOptions batch, RecommendationRequest asked, IReadOnlyList<string>? listed) => new()
    {
        [output.Name] = "recommendations",
        [format.Name] = parsed.GetValue(format).ToString(),
        [model.Name] = parsed.GetValue(model) ?? "",
        [users.Name] = Hash(listed),
        [allow.Name] = Hash(asked.Allow),
        [deny.Name] = Hash(asked.Deny),
        [allowCategories.Name] = string.Join(", ", asked.AllowCategories ?? []),
        [denyCategories.Name] = string.Join(", ", asked.DenyCategories),
        ["--k"] = batch.K.ToString(CultureInfo.InvariantCulture),
        ["--placement"] = batch.Placement,
        ["--recommender"] = batch.Recommender,
        ["--include-seen"] = batch.IncludeSeen.ToString(),
        ["--only-seen"] = batch.OnlySeen.ToString(),
    };

    static string VersionOf(RuleChange? change) => (change?.Version ?? 0).ToString(CultureInfo.InvariantCulture);

    static string Hash(IReadOnlyList<string>? ids) => ids is null or [] ? "" : string.Create(
        CultureInfo.InvariantCulture, $"{ids.Count} ids, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', ids))))}");

    /// <summary>The ids of a file, each once; null where none is named.</summary>
    static string[]? Ids(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } path)
        {
            return null;
        }

        string[] ids = [.. File.ReadLines(path).Select(line => line.Trim()).Where(line => line.Length > 0).Distinct(StringComparer.Ordinal)];
        return ids.FirstOrDefault(id => id.Length > Interaction.MaxIdLength) is not { } tooLong ? ids : throw new UserError(
            $"{option.Name} '{path}' must have an id of 1 to {Interaction.MaxIdLength} characters on each line. Found: {tooLong.Length} characters.")
        {
            Code = ExitCode.Usage,
        };
    }
}
