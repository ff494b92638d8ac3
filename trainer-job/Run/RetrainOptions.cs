using SasRec.Core.Evaluate.Gate;
using SasRec.Core.Events;
using SasRec.Core.Sequences;
using SasRec.Trainer.Fit;

namespace SasRec.Trainer.Run;

/// <summary>How a scheduled run goes.</summary>
/// <param name="RunId">The run's id; null gives it one.</param>
/// <param name="Trigger">What started it, as its record says.</param>
/// <param name="MinNew">The fewest interactions more than the last run had that are worth a run; 0 always trains.</param>
/// <param name="Work">The folder for checkpoints and models under way.</param>
/// <param name="Dataset">What of the log is left out.</param>
/// <param name="Plan">How to train on the data.</param>
/// <param name="Gate">When the new model may go live.</param>
/// <param name="Warm">When it goes on from the weights that serve.</param>
/// <param name="Meanings">What events mean.</param>
/// <param name="ShadowRefused">Whether a refused model scores live traffic without showing anything.</param>
/// <param name="RefreshRefused">Whether the model that serves is refreshed where the gate refuses the new network.</param>
/// <param name="Refresh">Whether nothing is trained, and the model that serves is refreshed.</param>
sealed record RetrainOptions(
    string? RunId,
    string Trigger,
    long MinNew,
    string Work,
    DatasetOptions Dataset,
    Func<SequenceDataset, TrainingPlan> Plan,
    GateOptions Gate,
    WarmStartOptions Warm,
    EventMeanings Meanings,
    bool ShadowRefused = false,
    bool RefreshRefused = true,
    bool Refresh = false);
