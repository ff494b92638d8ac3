namespace SasRec.Functions.Http;

/// <summary>The function needs storage. Where storage fails or does not answer in time, the request is answered with 503.</summary>
/// <param name="consequence">What the failure means to the client, as one or more sentences.</param>
[AttributeUsage(AttributeTargets.Method)]
sealed class OnStorageFailureAttribute(string consequence) : Attribute
{
    public string Consequence => consequence;
}
