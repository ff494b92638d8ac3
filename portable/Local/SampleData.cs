using SasRec.Simulator.World;

namespace SasRec.Local;

/// <summary>The sample shop as a file of interactions, with titles to show.</summary>
sealed class SampleData
{
    readonly Dictionary<string, string> titles;

    SampleData(string file, SampleWorld world) =>
        (File, titles) = (file, world.Items.ToDictionary(item => item.Id, item => item.Title, StringComparer.Ordinal));

    public string File { get; }

    /// <summary>Makes the world, or finds the one that an earlier run made: its last season ended when it was made.</summary>
    public static SampleData Create(Workspace workspace)
    {
        var world = new SampleWorld(new SampleWorldOptions());
        var file = Path.Combine(workspace.Folder, "sample.csv");
        if (!System.IO.File.Exists(file))
        {
            var draft = file + ".draft";
            using (var writer = new StreamWriter(draft))
            {
                InteractionCsv.Write(world.Interactions(DateTimeOffset.UtcNow), writer);
            }

            System.IO.File.Move(draft, file);
        }

        return new SampleData(file, world);
    }

    public string Title(string itemId) => titles.GetValueOrDefault(itemId, itemId);
}
