using System.Text.Json;
using SasRec.Storage.Telemetry;
using Spectre.Console;

namespace SasRec.Trainer.Console;

/// <summary>Where a command writes: results to stdout, everything else to stderr.</summary>
/// <param name="output">stdout: text for people, or with --json one last line of JSON.</param>
/// <param name="error">stderr: progress and errors.</param>
/// <param name="interactive">Whether a person watches stderr.</param>
/// <param name="time">The clock.</param>
/// <param name="setting">The value of a setting by name, null where it is not set: the environment.</param>
/// <param name="settingNames">The names of the settings that are set; null for none.</param>
public sealed class Terminal(
    TextWriter output, TextWriter error, bool interactive, TimeProvider time, Func<string, string?> setting, IEnumerable<string>? settingNames = null)
{
    static readonly JsonSerializerOptions JsonOptions = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>stdout.</summary>
    public TextWriter Output => output;

    /// <summary>stderr.</summary>
    public TextWriter Error => error;

    /// <summary>The clock.</summary>
    public TimeProvider Time => time;

    /// <summary>The value of a setting; null where it is not set.</summary>
    public string? Setting(string name) => setting(name);

    /// <summary>The names of the settings that are set.</summary>
    public IEnumerable<string> SettingNames { get; } = settingNames ?? [];

    /// <summary>Whether results are JSON.</summary>
    public bool Json { get; set; }

    /// <summary>Whether errors come with their stack trace.</summary>
    public bool Verbose { get; set; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess() => new(
        System.Console.Out,
        System.Console.Error,
        !System.Console.IsErrorRedirected && !System.Console.IsInputRedirected,
        TimeProvider.System,
        Environment.GetEnvironmentVariable,
        Environment.GetEnvironmentVariables().Keys.Cast<string>());

    /// <summary>Tells people something on the way.</summary>
    public void Say(string line) => error.WriteLine(line);

    /// <summary>Asks a person a question that yes or no answers.</summary>
    /// <returns>Whether the answer is yes; false where no person watches.</returns>
    public bool Ask(string question)
    {
        if (!interactive)
        {
            return false;
        }

        error.Write($"{question} [y/N] ");
        return System.Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes" or "Yes";
    }

    /// <summary>Writes a command's result: one line of JSON, or the text.</summary>
    /// <param name="result">What machines read.</param>
    /// <param name="text">What people read; may have several lines.</param>
    public void Finish(object result, string text) => output.WriteLine(Json ? JsonSerializer.Serialize(result, JsonOptions) : text);

    /// <summary>Does work of known size, showing how far it has come, its rate and the time left. It is a span of the trace.</summary>
    /// <param name="title">What is done: "Importing".</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="unit">What is counted: "events".</param>
    /// <param name="work">The work; it tells the meter what it has done.</param>
    public async Task<T> MeterAsync<T>(string title, double total, string unit, Func<Meter, Task<T>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        using var span = Instruments.Source.StartActivity(title);
        var meter = new Meter(title, total, unit, time);
        if (!interactive)
        {
            return await new MeterLines(meter, error, time).WatchAsync(work(meter));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return await MeterBar.WatchAsync(console, meter, time, work);
    }
}
