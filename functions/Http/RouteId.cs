namespace SasRec.Functions.Http;

/// <summary>An id that came as one segment of a path.</summary>
static class RouteId
{
    /// <summary>The id with its slashes: the server decodes every escape of a path but %2F, which would end the segment.</summary>
    public static string Decode(string segment) => segment.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
