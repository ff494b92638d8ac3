using System.Globalization;

namespace SasRec.Trainer.Console;

/// <summary>How far a piece of work has come. Safe to tell from several threads.</summary>
/// <param name="title">What is done.</param>
/// <param name="total">How much there is to do.</param>
/// <param name="unit">What is counted.</param>
/// <param name="time">The clock.</param>
public sealed class Meter(string title, double total, string unit, TimeProvider time)
{
    readonly Lock gate = new();
    readonly long started = time.GetTimestamp();
    double done;
    string? pace;

    /// <summary>What is done.</summary>
    public string Title => title;

    /// <summary>How much there is to do.</summary>
    public double Total => total;

    /// <summary>The share done, 0 to 1.</summary>
    public double Fraction => total <= 0 ? 1 : Math.Min(1, Done / total);

    double Done
    {
        get
        {
            lock (gate)
            {
                return done;
            }
        }
    }

    /// <summary>Counts work done.</summary>
    public void Add(double amount)
    {
        lock (gate)
        {
            done += amount;
        }
    }

    /// <summary>Sets how much is done, and a text about the pace in place of the plain rate.</summary>
    public void Set(double amount, string ownPace)
    {
        lock (gate)
        {
            (done, pace) = (amount, ownPace);
        }
    }

    /// <summary>The rate and the time left.</summary>
    public string Pace()
    {
        double now;
        lock (gate)
        {
            if (pace is not null)
            {
                return pace;
            }

            now = done;
        }

        var rate = now / Math.Max(1e-3, time.GetElapsedTime(started).TotalSeconds);
        var left = rate > 0 && now < total ? $", {Duration(TimeSpan.FromSeconds(Math.Min(1e8, (total - now) / rate)))} left" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{rate:N0} {unit}/s{left}");
    }

    /// <summary>The whole state in one line.</summary>
    public string Line() =>
        string.Create(CultureInfo.InvariantCulture, $"{title}: {Done:N0} of {total:N0} {unit} ({Fraction:P0}), {Pace()}");

    /// <summary>A duration as people say it: 4.2 s, 3 m 05 s, 2 h 07 m.</summary>
    public static string Duration(TimeSpan duration) => duration switch
    {
        { TotalSeconds: < 59.95 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes} m {duration.Seconds:00} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)duration.TotalHours} h {duration.Minutes:00} m"),
    };
}
