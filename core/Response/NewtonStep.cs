namespace SasRec.Core.Response;

/// <summary>One Newton step of the response model's posterior.</summary>
sealed class NewtonStep(ResponseTerms terms, ServedSlot[] rows, double[] dense, double[] own, ResponseOptions options)
{
    readonly int count = terms.Count;

    /// <summary>The step of the common terms, and of the items.</summary>
    /// <remarks>Rows come item by item, so one column at a time is enough.</remarks>
    public (double[] Dense, double[] Items) Solve()
    {
        var (matrix, gradient) = (new double[count, count], new double[count]);
        for (var term = 0; term < count; term++)
        {
            matrix[term, term] = options.TermPrecision;
            gradient[term] = -options.TermPrecision * dense[term];
        }

        ForEachItem((item, column, diagonal, slope) =>
        {
            for (var a = 0; a < count; a++)
            {
                if (column[a] == 0)
                {
                    continue;
                }

                gradient[a] -= column[a] * slope / diagonal;
                for (var b = 0; b < count; b++)
                {
                    matrix[a, b] -= column[a] * column[b] / diagonal;
                }
            }
        }, matrix, gradient);
        var step = SolveSymmetric(matrix, gradient);
        var items = new double[own.Length];
        ForEachItem((item, column, diagonal, slope) =>
        {
            var pull = slope;
            for (var a = 0; a < count; a++)
            {
                pull -= column[a] * step[a];
            }

            items[item] = pull / diagonal;
        });
        return (step, items);
    }

    /// <summary>For each item its column of the Hessian, its diagonal and its gradient; the common block is summed where it is asked for.</summary>
    void ForEachItem(Action<int, double[], double, double> use, double[,]? matrix = null, double[]? gradient = null)
    {
        Span<(int Term, double Value)> row = stackalloc (int, double)[ResponseTerms.PerSlot];
        var column = new double[count];
        for (var i = 0; i < rows.Length;)
        {
            var item = rows[i].Item;
            var (diagonal, slope) = (options.ItemPrecision, -options.ItemPrecision * own[item]);
            Array.Clear(column);
            for (; i < rows.Length && rows[i].Item == item; i++)
            {
                var chance = ResponseModel.Logistic(terms.Logit(dense, rows[i], row) + own[item]);
                var (weight, miss) = (chance * (1 - chance), (rows[i].Taken ? 1 : 0) - chance);
                diagonal += weight;
                slope += miss;
                foreach (var (term, value) in row)
                {
                    column[term] += weight * value;
                    if (matrix is not null)
                    {
                        gradient![term] += miss * value;
                        foreach (var (other, otherValue) in row)
                        {
                            matrix[term, other] += weight * value * otherValue;
                        }
                    }
                }
            }

            use(item, column, diagonal, slope);
        }
    }

    /// <summary>Cholesky: the matrix is positive definite, as every term has a prior.</summary>
    static double[] SolveSymmetric(double[,] matrix, double[] right)
    {
        var size = right.Length;
        var (lower, solution) = (new double[size, size], (double[])right.Clone());
        for (var j = 0; j < size; j++)
        {
            for (var i = j; i < size; i++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= lower[i, k] * lower[j, k];
                }

                lower[i, j] = i == j ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / lower[j, j];
            }
        }

        for (var i = 0; i < size; i++)
        {
            for (var k = 0; k < i; k++)
            {
                solution[i] -= lower[i, k] * solution[k];
            }

            solution[i] /= lower[i, i];
        }

        for (var i = size - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < size; k++)
            {
                solution[i] -= lower[k, i] * solution[k];
            }

            solution[i] /= lower[i, i];
        }

        return solution;
    }
}
