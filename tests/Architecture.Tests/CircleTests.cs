namespace SasRec.Architecture.Tests;

/// <summary>Dependencies point one way: between the folders of a project, and between projects.</summary>
public class CircleTests
{
    /// <summary>Every project that ships or runs: all that this one refers to.</summary>
    public static TheoryData<string> Projects =>
    [
        .. Directory.GetFiles(AppContext.BaseDirectory, "SasRec.*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Where(name => name != "SasRec.Testing").Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_two_folders_of_a_project_use_each_other(string project)
    {
        var ties = TypeTies.Of(PathOf(project)).ToList();

        Assert.True(Circles.Find(ties) is not { } circle, Circles.Find(ties));
    }

    [Fact]
    public void No_two_projects_use_each_other()
    {
        var projects = Projects.Select(row => row.Data).ToArray();
        var ties = projects.SelectMany(project => TypeTies.ToAssemblies(PathOf(project))).Where(tie => projects.Contains(tie.ToFolder)).ToList();

        Assert.Superset(
            new HashSet<string>(["SasRec.Core", "SasRec.Storage", "SasRec.Serving", "SasRec.Functions", "SasRec.Trainer", "SasRec.Simulator", "SasRec.Host", "SasRec.Loop"]),
            projects.ToHashSet());
        Assert.Contains(ties, tie => tie is { FromFolder: "SasRec.Trainer", ToFolder: "SasRec.Core" });
        Assert.True(Circles.Find(ties) is not { } circle, Circles.Find(ties));
    }

    [Fact]
    public void A_planted_circle_is_found_and_the_types_that_tie_it_are_named()
    {
        var ties = TypeTies.Of(typeof(CircleTests).Assembly.Location).ToList();

        var found = Circles.Find(ties);

        Assert.NotNull(found);
        Assert.Contains("SasRec.Architecture.Tests.Planted.One uses SasRec.Architecture.Tests.Planted.Two: First uses Second", found, StringComparison.Ordinal);
        Assert.Contains("SasRec.Architecture.Tests.Planted.Two uses SasRec.Architecture.Tests.Planted.Three: Second uses Third", found, StringComparison.Ordinal);
        Assert.Contains("SasRec.Architecture.Tests.Planted.Three uses SasRec.Architecture.Tests.Planted.One: Third uses First", found, StringComparison.Ordinal);
    }

    static string PathOf(string project) => Path.Combine(AppContext.BaseDirectory, project + ".dll");
}
