namespace SasRec.Architecture.Tests;

/// <summary>Dependencies point one way: between the folders of a project, and between projects.</summary>
public class CircleTests
{
    /// <summary>Every project that ships or runs.</summary>
    static readonly string[] Projects =
        ["SasRec.Core", "SasRec.Storage", "SasRec.Functions", "SasRec.Trainer", "SasRec.Simulator", "SasRec.Azurite", "SasRec.Host", "SasRec.Loop"];

    /// <summary>Projects whose folders may not use each other.</summary>
    public static TheoryData<string> Held => ["SasRec.Core", "SasRec.Storage", "SasRec.Trainer", "SasRec.Simulator", "SasRec.Azurite", "SasRec.Host", "SasRec.Loop"];

    [Theory]
    [MemberData(nameof(Held))]
    public void No_two_folders_of_a_project_use_each_other(string project)
    {
        var ties = TypeTies.Of(PathOf(project)).ToList();

        Assert.NotEmpty(ties);
        Assert.True(Circles.Find(ties) is not { } circle, Circles.Find(ties));
    }

    [Fact]
    public void No_two_projects_use_each_other()
    {
        var ties = Projects.SelectMany(project => TypeTies.ToAssemblies(PathOf(project))).Where(tie => Projects.Contains(tie.ToFolder)).ToList();

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
