using Microsoft.AspNetCore.Http;

namespace SasRec.Functions.Http;

/// <summary>A request cannot be answered as asked. <see cref="ProblemMiddleware"/> answers it with the problem.</summary>
sealed class RefusedException(IResult problem, string title) : Exception(title)
{
    /// <summary>What the request is answered with.</summary>
    public IResult Problem => problem;
}
