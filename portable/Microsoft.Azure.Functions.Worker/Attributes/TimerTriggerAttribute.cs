using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>Runs a function on a schedule, on one host at a time.</summary>
/// <param name="schedule">Six NCRONTAB fields in UTC, an interval such as <c>00:30:00</c>, or <c>%Setting%</c>.</param>
public sealed class TimerTriggerAttribute(string schedule) : TriggerBindingAttribute
{
    /// <summary>Six NCRONTAB fields in UTC, an interval such as <c>00:30:00</c>, or <c>%Setting%</c>.</summary>
    public string Schedule { get; private set; } = schedule;

    /// <summary>Whether occurrences are kept in storage, so that one missed while no host ran is made up for at start. Default true.</summary>
    /// <remarks>A schedule that comes more often than once a minute is never kept.</remarks>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether the function also runs when the host starts.</summary>
    public bool RunOnStartup { get; set; }
}
