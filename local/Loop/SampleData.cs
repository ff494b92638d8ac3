using SasRec.Simulator.World;

namespace SasRec.Loop;

/// <summary>The sample shop: what it sells, and a file of what its customers did.</summary>
/// <param name="File">The interactions.</param>
/// <param name="Items">The items.</param>
/// <param name="World">Who shops there.</param>
/// <param name="Interactions">How many interactions the file holds.</param>
sealed record SampleData(string File, IReadOnlyList<SampleItem> Items, SampleWorld World, int Interactions)
{
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

        return new SampleData(file, [.. world.Items, .. SampleWorld.Arrivals], world, System.IO.File.ReadLines(file).Count() - 1);
    }
}
