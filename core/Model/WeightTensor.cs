namespace SasRec.Core.Model;

/// <summary>Where one named tensor lies in the flat weights; row-major.</summary>
/// <param name="Name">For example "blocks.0.query.weight".</param>
/// <param name="Offset">The index of its first value.</param>
/// <param name="Rows">The number of rows; 1 for a vector.</param>
/// <param name="Columns">The number of columns.</param>
public sealed record WeightTensor(string Name, int Offset, int Rows, int Columns)
{
    /// <summary>The number of values.</summary>
    public int Length => Rows * Columns;

    /// <summary>Whether it is a vector (a bias, or a scale or shift of a layer norm).</summary>
    public bool IsVector => Rows == 1;
}
