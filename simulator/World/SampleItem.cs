namespace SasRec.Simulator.World;

/// <summary>One thing that the sample shop sells.</summary>
/// <param name="Id">Readable: "tea-green-first-flush".</param>
/// <param name="Title">"Green tea, first flush".</param>
/// <param name="Category">"tea".</param>
/// <param name="Kind">"green tea": the item's kind within the category.</param>
/// <param name="Family">The kind within the category, an index over all kinds; -1 for an arrival.</param>
/// <param name="Step">0 for the kind's first choice; who likes the kind moves on to 1, 2, ...</param>
public sealed record SampleItem(string Id, string Title, string Category, string Kind, int Family, int Step);
