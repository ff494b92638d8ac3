// The trainer: a job that somebody starts. It runs once, by itself, and is not tried again: a refused model exits with 3, and the next
// run of the timer is the next attempt.
@minLength(2)
@maxLength(32)
param name string
param location string
param tags object
param environmentId string
@allowed(['cpu', 'gpu-t4', 'gpu-a100'])
param hardware string
param cores int
param timeoutMinutes int
param image string
param registryServer string
param identityId string
param identityClientId string
param storageName string
param insightsName string

var sizes = {
  cpu: { profile: 'Consumption', cpu: cores, memory: '${cores * 2}Gi' }
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
          // The functions start it with a run id and the trigger besides; a person with these.
          args: ['run', '--json']
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
