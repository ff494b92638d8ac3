// The whole system in one resource group. `azd up` deploys it; `azd down --purge` leaves nothing behind.
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Names the environment: the resource group is rg-NAME, and every other name is derived from it.')
param environmentName string

@minLength(1)
@metadata({ azd: { type: 'location' } })
@description('The region of everything. It must offer Flex Consumption and, for a GPU, serverless GPUs in Container Apps.')
param location string

@allowed([512, 2048, 4096])
@description('Memory of one instance of the functions app in MB. The model is in memory once an instance: 4 bytes x items x width, about twice that while a new one is swapped in.')
param apiMemoryMB int = 2048

@minValue(40)
@maxValue(1000)
@description('The most instances of the functions app; what bounds the bill.')
param apiMaximumInstances int = 40

@minValue(0)
@maxValue(20)
@description('Instances that always wait for HTTP requests. 0 scales to zero; 1 takes the cold start away for about 10 USD a month and GB.')
param apiAlwaysReady int = 0

@minValue(1)
@maxValue(1000)
@description('HTTP requests that one instance takes at once before another is started.')
param apiConcurrency int = 32

@minLength(9)
@maxLength(100)
@description('When the timer looks whether a retrain is worth it: six NCRONTAB fields, UTC.')
param retrainSchedule string = '0 0 3 * * *'

@minValue(0)
@maxValue(1000000000)
@description('How many interactions must be new before the timer starts a training run.')
param retrainMinimumNewEvents int = 1000

@allowed(['cpu', 'gpu-t4', 'gpu-a100'])
@description('What the trainer runs on. The CPU engine is enough for most catalogues; GPUs need quota and a region that has them.')
param trainerHardware string = 'cpu'

@allowed([1, 2, 4])
@description('Cores of the trainer with trainerHardware cpu; memory is twice as many GiB.')
param trainerCores int = 4

@minValue(10)
@maxValue(1440)
@description('After how many minutes a training run is ended.')
param trainerTimeoutMinutes int = 240

@description('The trainer image that is deployed; azd fills it in, so that provisioning again does not take it back. Empty before the first deployment.')
param trainerImage string = ''

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS'])
@description('Copies of the data: in one building, in three of a region, or in two regions.')
param storageRedundancy string = 'Standard_LRS'

@minValue(1)
@maxValue(90)
@description('How many days deleted and overwritten blobs can be restored; also how long a deleted user lives on in backups.')
param restoreDays int = 14

@minValue(30)
@maxValue(730)
@description('How many days logs are kept. The first 31 are free.')
param logRetentionDays int = 30

@allowed(['0', '0.01', '0.1', '1'])
@description('The share of request traces that are kept in Application Insights. Metrics do not depend on it, and training runs are always traced.')
param traceShare string = '0.1'

@description('Where alerts and budget warnings go. Empty: budget warnings go to the owners of the subscription, alerts are only seen in the portal.')
param alertEmail string = ''

@minValue(1)
@maxValue(365)
@description('How old the model that serves may be, in days, before an alert says so.')
param modelMaximumAgeDays int = 7

@description('Whether the health endpoint is asked every quarter of an hour from two places. About 3 USD a month.')
param healthProbe bool = true

@minValue(0)
@maxValue(1000000)
@description('The budget of the resource group for a month, in the currency of the subscription. 0: no budget.')
param monthlyBudget int = 50

@description('The first day of the first month of the budget. It cannot be changed later, so azd keeps what the first deployment took.')
param budgetStartDate string = ''

@description('Whether storage is reachable only through private endpoints, from the functions and the trainer.')
param privateNetwork bool = false

@description('The object id of a person or group who may run the trainer command line against this storage account. Empty: nobody.')
param operatorPrincipalId string = ''

@allowed(['User', 'Group'])
@description('What operatorPrincipalId is.')
param operatorPrincipalType string = 'User'

@description('The present month; not for setting.')
param thisMonth string = utcNow('yyyy-MM-01')

var tags = { 'azd-env-name': environmentName, system: 'sasrec-serverless' }
// 13 characters, the same for the same subscription, environment and region: names stay within 24 (storage) and 32 (job).
var token = toLower(uniqueString(subscription().id, environmentName, location))
var jobName = 'caj-train-${token}'

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'identities.bicep' = {
  scope: group
  params: {
    apiName: 'id-api-${token}'
    trainerName: 'id-trainer-${token}'
    location: location
    tags: tags
  }
}

module monitoring 'monitoring.bicep' = {
  scope: group
  params: {
    workspaceName: 'log-${token}'
    insightsName: 'appi-${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
  }
}

module network 'network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: 'vnet-${token}'
    location: location
    tags: tags
  }
}

module storage 'storage.bicep' = {
  scope: group
  params: {
    name: 'st${token}'
    location: location
    tags: tags
    redundancy: storageRedundancy
    restoreDays: restoreDays
    privateOnly: privateNetwork
  }
}

module endpoints 'endpoints.bicep' = if (privateNetwork) {
  scope: group
  params: {
    storageName: storage.outputs.name
    networkName: network.?outputs.name ?? ''
    subnetId: network.?outputs.endpointsSubnetId ?? ''
    location: location
    tags: tags
  }
}

module registry 'registry.bicep' = {
  scope: group
  params: {
    name: 'cr${token}'
    location: location
    tags: tags
  }
}

module containerApps 'environment.bicep' = {
  scope: group
  params: {
    name: 'cae-${token}'
    location: location
    tags: tags
    hardware: trainerHardware
    workspaceId: monitoring.outputs.workspaceId
    subnetId: network.?outputs.trainerSubnetId ?? ''
  }
}

module trainer 'trainer.bicep' = {
  scope: group
  params: {
    name: jobName
    location: location
    tags: tags
    environmentId: containerApps.outputs.id
    hardware: trainerHardware
    cores: trainerCores
    timeoutMinutes: trainerTimeoutMinutes
    image: trainerImage
    registryServer: registry.outputs.server
    identityId: identities.outputs.trainerId
    identityClientId: identities.outputs.trainerClientId
    storageName: storage.outputs.name
    insightsName: monitoring.outputs.insightsName
  }
}

module roles 'roles.bicep' = {
  scope: group
  params: {
    apiPrincipalId: identities.outputs.apiPrincipalId
    trainerPrincipalId: identities.outputs.trainerPrincipalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    storageName: storage.outputs.name
    registryName: registry.outputs.name
    insightsName: monitoring.outputs.insightsName
    jobName: trainer.outputs.name
  }
}

module api 'functions.bicep' = {
  scope: group
  // The host reads storage with its first breath, so it may before it exists.
  dependsOn: [roles, endpoints]
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
    memoryMB: apiMemoryMB
    maximumInstances: apiMaximumInstances
    alwaysReady: apiAlwaysReady
    concurrency: apiConcurrency
    retrainSchedule: retrainSchedule
    retrainMinimumNewEvents: retrainMinimumNewEvents
    traceShare: traceShare
    identityId: identities.outputs.apiId
    identityClientId: identities.outputs.apiClientId
    storageName: storage.outputs.name
    deploymentsContainer: storage.outputs.deploymentsContainer
    jobId: trainer.outputs.id
    insightsName: monitoring.outputs.insightsName
    subnetId: network.?outputs.apiSubnetId ?? ''
  }
}

module alerts 'alerts.bicep' = {
  scope: group
  params: {
    token: token
    location: location
    tags: tags
    email: alertEmail
    workspaceId: monitoring.outputs.workspaceId
    insightsId: monitoring.outputs.insightsId
    healthUrl: '${api.outputs.url}/api/health'
    healthProbe: healthProbe
    modelMaximumAgeDays: modelMaximumAgeDays
  }
}

module budget 'budget.bicep' = if (monthlyBudget > 0) {
  scope: group
  params: {
    name: 'budget-${token}'
    amount: monthlyBudget
    startDate: empty(budgetStartDate) ? thisMonth : budgetStartDate
    email: alertEmail
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.server
output AZURE_STORAGE_ACCOUNT string = storage.outputs.name
output API_NAME string = api.outputs.name
output API_URL string = api.outputs.url
output TRAINER_JOB_NAME string = trainer.outputs.name
output BUDGET_START_DATE string = empty(budgetStartDate) ? thisMonth : budgetStartDate
