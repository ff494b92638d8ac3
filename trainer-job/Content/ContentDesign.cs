using System.Numerics.Tensors;
using SasRec.Core.Content;
using SasRec.Core.Items;

namespace SasRec.Trainer.Content;

/// <summary>The features of items as a sparse matrix X [n, F], by rows and by columns, for ridge regression on the items' embeddings.</summary>
sealed class ContentDesign
{
    /// <summary>A feature that fewer items have says nothing of an item that is not among them.</summary>
    const int MinItems = 2;

    const int MaxIterations = 100;

    /// <summary>The solver ends where the residual is this share of what it was.</summary>
    const double Precision = 1e-4;

    readonly uint[] hashes; // [F]
    readonly Sparse rows; // Of each item its features.
    readonly Sparse columns; // Of each feature its items.

    ContentDesign(int[] items, uint[] hashes, Sparse rows) =>
        (Items, this.hashes, this.rows, columns) = (items, hashes, rows, rows.Transposed(hashes.Length));

    /// <summary>[n]: the items, by their index in the model.</summary>
    public IReadOnlyList<int> Items { get; }

    /// <summary>The features of some items.</summary>
    /// <param name="catalogue">[V]: what the catalogue says of each item; null where it says nothing.</param>
    /// <param name="items">Which of them, all of them described.</param>
    public static ContentDesign Of(IReadOnlyList<CatalogueItem?> catalogue, IEnumerable<int> items)
    {
        int[] chosen = [.. items];
        var features = new IReadOnlyList<ContentFeature>[chosen.Length];
        Parallel.For(0, chosen.Length, row => features[row] = ContentFeatures.Of(catalogue[chosen[row]]!));
        uint[] hashes =
        [
            .. features.SelectMany(own => own).GroupBy(feature => feature.Hash).Where(same => same.Count() >= MinItems)
                .Select(same => same.Key).Order(),
        ];
        var places = hashes.Index().ToDictionary(hash => hash.Item, hash => hash.Index);
        return new ContentDesign(chosen, hashes, Sparse.Of(
            [.. features.Select(own => own.Where(feature => places.ContainsKey(feature.Hash)).Select(feature => (places[feature.Hash], feature.Value)).ToArray())]));
    }

    /// <summary>Ridge regression: the map that is least in sum_i w_i |y_i - e(i)|^2 + ridge |rows|^2, by conjugate gradients.</summary>
    /// <param name="targets">[n, D]: y, the embedding of each item.</param>
    /// <param name="weights">[n]: w, how much each counts, above 0.</param>
    /// <param name="ridge">Above 0.</param>
    /// <param name="cancellation">Ends it.</param>
    public ContentMap Fit(float[] targets, float[] weights, double ridge, CancellationToken cancellation)
    {
        var width = targets.Length / weights.Length;
        var intercept = Mean(targets, weights, width);
        var residual = new float[hashes.Length * width];
        var scratch = new float[targets.Length];
        for (var row = 0; row < weights.Length; row++)
        {
            var own = scratch.AsSpan(row * width, width);
            TensorPrimitives.Subtract(targets.AsSpan(row * width, width), intercept, own);
            TensorPrimitives.Multiply(own, weights[row], own);
        }

        columns.Multiply(scratch, residual, width);
        var scale = new float[hashes.Length]; // The inverse of the diagonal: Jacobi's preconditioner.
        for (var feature = 0; feature < scale.Length; feature++)
        {
            scale[feature] = (float)(1 / (ridge + columns.SquaredNorm(feature, weights)));
        }

        var (solution, direction, product) = (new float[residual.Length], new float[residual.Length], new float[residual.Length]);
        AddScaled(residual, scale, direction, new float[width], width);
        var inner = Inner(residual, residual, scale, width);
        var first = (double[])inner.Clone();
        for (var step = 0; step < MaxIterations && inner.Zip(first).Any(column => column.First > Precision * Precision * column.Second); step++)
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Multiply(direction, scratch, width);
            for (var row = 0; row < weights.Length; row++)
            {
                TensorPrimitives.Multiply(scratch.AsSpan(row * width, width), weights[row], scratch.AsSpan(row * width, width));
            }

            columns.Multiply(scratch, product, width);
            TensorPrimitives.MultiplyAdd(direction, (float)ridge, product, product);
            var curvature = Inner(direction, product, null, width);
            var length = Ratio(inner, curvature);
            for (var start = 0; start < solution.Length; start += width)
            {
                TensorPrimitives.MultiplyAdd(direction.AsSpan(start, width), length, solution.AsSpan(start, width), solution.AsSpan(start, width));
                TensorPrimitives.MultiplyAdd(product.AsSpan(start, width), Array.ConvertAll(length, value => -value), residual.AsSpan(start, width), residual.AsSpan(start, width));
            }

            var next = Inner(residual, residual, scale, width);
            AddScaled(residual, scale, direction, Ratio(next, inner), width);
            inner = next;
        }

        return new ContentMap(hashes, solution, intercept);
    }

    static float[] Mean(float[] targets, float[] weights, int width)
    {
        var mean = new double[width];
        for (var row = 0; row < weights.Length; row++)
        {
            for (var column = 0; column < width; column++)
            {
                mean[column] += (double)weights[row] * targets[(row * width) + column];
            }
        }

        var total = weights.Sum(weight => (double)weight);
        return Array.ConvertAll(mean, sum => (float)(sum / total));
    }

    /// <summary>direction = scale residual + momentum direction, row by row.</summary>
    static void AddScaled(float[] residual, float[] scale, float[] direction, float[] momentum, int width)
    {
        for (var feature = 0; feature < scale.Length; feature++)
        {
            var own = direction.AsSpan(feature * width, width);
            TensorPrimitives.Multiply(own, momentum, own);
            TensorPrimitives.MultiplyAdd(residual.AsSpan(feature * width, width), scale[feature], own, own);
        }
    }

    /// <summary>[D]: of each column sum_f scale_f a_f b_f.</summary>
    static double[] Inner(float[] a, float[] b, float[]? scale, int width)
    {
        var sums = new double[width];
        for (var feature = 0; feature * width < a.Length; feature++)
        {
            var factor = scale is null ? 1.0 : scale[feature];
            for (var column = 0; column < width; column++)
            {
                sums[column] += factor * a[(feature * width) + column] * b[(feature * width) + column];
            }
        }

        return sums;
    }

    static float[] Ratio(double[] above, double[] below) =>
        [.. above.Zip(below, (numerator, denominator) => denominator > 0 ? (float)(numerator / denominator) : 0)];

    /// <summary>A sparse matrix by rows.</summary>
    sealed record Sparse(int[] Offsets, int[] Columns, float[] Values)
    {
        public static Sparse Of((int Column, float Value)[][] rows)
        {
            var offsets = new int[rows.Length + 1];
            for (var row = 0; row < rows.Length; row++)
            {
                offsets[row + 1] = offsets[row] + rows[row].Length;
            }

            return new Sparse(
                offsets, [.. rows.SelectMany(row => row.Select(entry => entry.Column))], [.. rows.SelectMany(row => row.Select(entry => entry.Value))]);
        }

        public Sparse Transposed(int columnCount)
        {
            var entries = Enumerable.Range(0, columnCount).Select(_ => new List<(int, float)>()).ToArray();
            for (var row = 0; row + 1 < Offsets.Length; row++)
            {
                for (var entry = Offsets[row]; entry < Offsets[row + 1]; entry++)
                {
                    entries[Columns[entry]].Add((row, Values[entry]));
                }
            }

            return Of(Array.ConvertAll(entries, own => own.ToArray()));
        }

        /// <summary>result = this times dense; each row by one thread, so that sums do not depend on how many there are.</summary>
        public void Multiply(float[] dense, float[] result, int width) => Parallel.For(0, Offsets.Length - 1, row =>
        {
            var own = result.AsSpan(row * width, width);
            own.Clear();
            for (var entry = Offsets[row]; entry < Offsets[row + 1]; entry++)
            {
                TensorPrimitives.MultiplyAdd(dense.AsSpan(Columns[entry] * width, width), Values[entry], own, own);
            }
        });

        public double SquaredNorm(int row, float[] weights)
        {
            var sum = 0.0;
            for (var entry = Offsets[row]; entry < Offsets[row + 1]; entry++)
            {
                sum += (double)weights[Columns[entry]] * Values[entry] * Values[entry];
            }

            return sum;
        }
    }
}
