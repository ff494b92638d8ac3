using System.Globalization;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Queues;
using Microsoft.Extensions.Azure;
using Microsoft.Extensions.Configuration;

namespace SasRec.Host.Listeners;

/// <summary>Makes the SDK's queue clients hide the messages that they receive for a shorter time.</summary>
/// <remarks>
/// The SDK hides a message for ten minutes while a function has it, and host.json has no setting for that. In Azure it hardly matters;
/// on a developer's machine a host that was killed would leave its messages hidden for ten minutes. What a function has longer than
/// <paramref name="visibility"/> is received a second time, which functions have to stand in any case.
/// </remarks>
sealed partial class ShortVisibility(AzureComponentFactory inner, TimeSpan visibility) : AzureComponentFactory
{
    public override TokenCredential CreateTokenCredential(IConfiguration configuration) => inner.CreateTokenCredential(configuration);

    public override object CreateClientOptions(Type optionsType, object? serviceVersion, IConfiguration configuration)
    {
        var options = inner.CreateClientOptions(optionsType, serviceVersion, configuration);
        if (options is QueueClientOptions queues)
        {
            queues.AddPolicy(new Policy(visibility), HttpPipelinePosition.PerCall);
        }

        return options;
    }

    public override object CreateClient(Type clientType, IConfiguration configuration, TokenCredential credential, object clientOptions) =>
        inner.CreateClient(clientType, configuration, credential, clientOptions);

    sealed partial class Policy(TimeSpan visibility) : HttpPipelineSynchronousPolicy
    {
        readonly string seconds = ((int)visibility.TotalSeconds).ToString(CultureInfo.InvariantCulture);

        public override void OnSendingRequest(HttpMessage message)
        {
            if (message.Request.Method == RequestMethod.Get)
            {
                message.Request.Uri.Query = VisibilityTimeout().Replace(message.Request.Uri.Query ?? "", "${1}" + seconds);
            }
        }

        [GeneratedRegex(@"(?<=[?&])(visibilitytimeout=)\d+")]
        private static partial Regex VisibilityTimeout();
    }
}
