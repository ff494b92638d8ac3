namespace SasRec.Functions.Retrain;

/// <summary>Starts the trainer job, one run at a time.</summary>
interface ITrainerLauncher
{
    /// <summary>Starts a run.</summary>
    /// <param name="trigger">What asks: "timer" or "http".</param>
    /// <param name="refresh">Whether the run trains nothing and refreshes the model that serves.</param>
    /// <param name="cancellation">Ends the asking, not the run.</param>
    /// <returns>The run's id; null where one is at work, here or anywhere.</returns>
    /// <exception cref="InvalidOperationException">No job can be started here; the message says why.</exception>
    Task<string?> TryStartAsync(string trigger, bool refresh, CancellationToken cancellation);

    /// <summary>Ends the records of runs that died without ending them.</summary>
    Task SettleAsync(CancellationToken cancellation);
}
