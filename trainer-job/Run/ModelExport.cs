using SasRec.Core.Content;
using SasRec.Core.Evaluate.Insights;
using SasRec.Core.Evaluate.Served;
using SasRec.Core.Explore;
using SasRec.Core.Model;
using SasRec.Core.Neighbours;
using SasRec.Core.Response;
using SasRec.Core.Sequences;
using SasRec.Storage;
using SasRec.Storage.Items;
using SasRec.Storage.Log;
using SasRec.Trainer.Console;
using SasRec.Trainer.Content;
using SasRec.Trainer.Evaluate;
using SasRec.Trainer.Fit;
using SasRec.Trainer.Publish;
using SasRec.Trainer.ReadLog;

namespace SasRec.Trainer.Run;

/// <summary>Makes the model that a run publishes out of the challenger: trained on everything, with all that is served beside the network.</summary>
/// <param name="storage">The catalogue and the ledger.</param>
/// <param name="terminal">Shows progress.</param>
/// <param name="work">The run's folder.</param>
/// <param name="ledger">How the ledger is read.</param>
/// <param name="k">The length of a slate.</param>
/// <param name="journal">The run's record.</param>
sealed class ModelExport(StorageConnection storage, Terminal terminal, string work, LedgerOptions ledger, int k, RunJournal journal)
{
    /// <summary>Trains on everything, the test included, and writes the model's files. What serves goes on; where nothing does, the strict
    /// weights go on.</summary>
    /// <returns>The folder, and what the response model came to.</returns>
    public async Task<(ModelFolder Folder, ResponseSummary Response)> WriteAsync(
        ModelFitter fitter, RunInput input, Challenger challenger, CancellationToken cancellation)
    {
        var data = input.Data;
        const string Title = "Training on everything";
        var final = await journal.PhaseAsync("refit", () => input.Start.Published is { } published
            ? fitter.RefitAsync(Title, data.Sequences, challenger.Plan, challenger.Epochs, cancellation, published)
            : fitter.GoOnAsync(Title, data.Sequences, challenger.Plan, challenger.Strict.Training, cancellation));
        var (weights, content) = await journal.PhaseAsync("content", () => PlaceAsync(input, challenger, final.Weights, cancellation));
        var neighbours = challenger.Plan.ServedNeighboursOf(data.Sequences, cancellation);
        var response = await journal.PhaseAsync("response", () => RespondAsync(input, challenger, weights, neighbours, cancellation));
        var folder = new ModelFolder(Path.Combine(work, "model"));
        await journal.PhaseAsync("export", () => folder.WriteAsync(
            response.AddedTo(weights), ModelItems.Of(data.Items, data.Sequences), ModelFolder.Probes(data.Sequences), cancellation));

        // Counts that add nothing to the scores still say what goes together.
        folder.WriteNeighbours(neighbours ?? NeighbourCounter.Count(data.Sequences, NeighbourStrengths.None, cancellation: cancellation));
        folder.WriteContent(content);
        folder.WriteResponse(response.Served);
        folder.WriteStrict(challenger.Strict.Training.Weights);
        return (folder, response.Summary);
    }

    /// <summary>Fits what users take of what they are served, on what was served of late.</summary>
    async Task<ResponseFitting> RespondAsync(
        RunInput input, Challenger challenger, SasRecWeights weights, ItemNeighbours? neighbours, CancellationToken cancellation)
    {
        var logged = await new LoggedResponses(new ImpressionLog(storage), ledger, terminal.Time).ReadAsync(input.Data.Items, cancellation);
        var policy = (challenger.Strict.Exploration ?? ExplorationCurve.Unknown).Policy(ExplorationCurve.DefaultExploration);
        var response = ResponseFitting.Of(logged, input.Data.Items.Count, () =>
        {
            using var scorer = new ModelScorer(weights, challenger.Plan.Options.Threads, neighbours);
            return ServedScores.Of(scorer, input.Data.Sequences, policy, k, cancellation);
        });
        terminal.Say(response.Summary.Reason);
        journal.Update(record => record with { Response = response.Summary });
        return response;
    }

    /// <summary>Learns where the catalogue places items, and places the rare ones by it.</summary>
    async Task<(SasRecWeights Weights, ContentMap? Content)> PlaceAsync(
        RunInput input, Challenger challenger, SasRecWeights final, CancellationToken cancellation)
    {
        var (data, training) = (input.Data, challenger.Plan.Options);
        var catalogue = ContentLearner.Of(data.Items, await new ItemStore(storage).ScanAsync(cancellation));
        if (catalogue.Count(item => item is not null) < ContentLearner.MinItems)
        {
            return (final, null);
        }

        var learner = new ContentLearner(catalogue, k, training.Seed, training.Threads);
        var neighbours = challenger.Plan.NeighboursOf(input.Split.Train, cancellation);
        if (learner.Choose(challenger.Strict.Training.Weights, neighbours, input.Split, cancellation) is not { } chosen)
        {
            return (final, null);
        }

        var content = learner.Fit(final, data.Sequences, chosen.Ridge, cancellation);
        return (learner.Blended(final, content, data.Sequences, chosen.Evidence), content);
    }
}
