using System.CommandLine;
using SasRec.Core.Contracts;
using SasRec.Storage;
using SasRec.Storage.Messages;
using SasRec.Trainer.Console;

namespace SasRec.Trainer.Commands;

/// <summary>Sends failed messages once more.</summary>
sealed class ReplayVerb : StorageVerb
{
    static readonly string[] Queues = [Names.InteractionsQueue, Names.ImpressionsQueue];

    readonly Option<string[]> queue = new("--queue")
    {
        Description = $"The queue: {string.Join(" or ", Queues)}; both where none is named.",
        DefaultValueFactory = _ => Queues,
    };

    public ReplayVerb(Terminal terminal)
        : base(terminal, "replay", "Sends poison messages back to their queue. Safe to repeat: what is processed twice is one row.")
    {
        queue.AcceptOnlyFromAmong(Queues);
        Add(queue);
    }

    protected override async Task<ExitCode> RunAsync(StorageConnection storage, ParseResult parsed, CancellationToken cancellation)
    {
        var poison = new PoisonMessages(storage);
        var replayed = new Dictionary<string, int>();
        foreach (var name in parsed.GetValue(queue)!.Distinct())
        {
            replayed[name] = await poison.ReplayAsync(name, cancellation);
        }

        var lines = replayed.Select(queue => $"{queue.Key}: {queue.Value} messages sent again");
        Terminal.Finish(new { replayed }, string.Join(Environment.NewLine, lines));
        return ExitCode.Ok;
    }
}
