// The trainer: a job that the functions app or a person starts. Azure does not try a failed run again: a refused model exits with 3, which
// Azure takes for a failure, and a second attempt on the same data would train the same model.
@minLength(2)
@maxLength(32)
param name string
param location string
param tags object
param environmentId string
@allowed(['cpu', 'cpu-e8', 'cpu-e16', 'cpu-e32', 'gpu-t4', 'gpu-a100'])
param hardware string
param cores int
param timeoutMinutes int
@description('The image that the job has; empty before the first deployment.')
param image string
@description('Options of the command run.')
param arguments array
param registryServer string
param identityId string
param identityClientId string
param storageName string
param insightsName string

var sizes = {
  cpu: { profile: 'Consumption', cpu: cores, memory: '${cores * 2}Gi' }
  // An eighth of a dedicated node is left to what Azure runs there.
  'cpu-e8': { profile: 'cpu-e8', cpu: 7, memory: '56Gi' }
  'cpu-e16': { profile: 'cpu-e16', cpu: 14, memory: '112Gi' }
  'cpu-e32': { profile: 'cpu-e32', cpu: 28, memory: '224Gi' }
  'gpu-t4': { profile: 'gpu-t4', cpu: 8, memory: '56Gi' }
  'gpu-a100': { profile: 'gpu-a100', cpu: 24, memory: '220Gi' }
}
var size = sizes[hardware]

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource job 'Microsoft.App/jobs@2025-07-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'trainer' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: size.profile
    configuration: {
      triggerType: 'Manual'
      manualTriggerConfig: { parallelism: 1, replicaCompletionCount: 1 }
      replicaTimeout: timeoutMinutes * 60
      replicaRetryLimit: 0
      registries: [{ server: registryServer, identity: identityId }]
    }
    template: {
      containers: [
        {
          name: 'trainer'
          // Before the first deployment there is no image of ours; nobody starts this one.
          image: empty(image) ? 'mcr.microsoft.com/k8se/quickstart-jobs:latest' : image
          // The functions app adds --run-id and --trigger (ContainerJobLauncher).
          args: concat(['run', '--json'], arguments)
          resources: { cpu: size.cpu, memory: size.memory }
          env: [
            { name: 'AzureWebJobsStorage__blobServiceUri', value: account.properties.primaryEndpoints.blob }
            { name: 'AzureWebJobsStorage__queueServiceUri', value: account.properties.primaryEndpoints.queue }
            { name: 'AzureWebJobsStorage__tableServiceUri', value: account.properties.primaryEndpoints.table }
            { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
            { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
          ]
        }
      ]
    }
  }
}

output name string = job.name
output id string = job.id
