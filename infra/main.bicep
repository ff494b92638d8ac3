// The whole system in one resource group. `azd up` deploys it; `azd down --purge` leaves nothing behind.
targetScope = 'subscription'

import { region } from 'region.bicep'

@minLength(1)
@maxLength(40)
@description('Names the environment: the resource group is rg-NAME, and every other name is derived from it.')
param environmentName string

@metadata({ azd: { type: 'location' } })
@description('The region of everything: those that offer Flex Consumption. A GPU also needs serverless GPUs in Container Apps there.')
param location region

@allowed([512, 2048, 4096])
@description('Memory of one instance of the functions app in MB. The model is in memory once an instance: 4 bytes x items x width, about twice that while a new one is swapped in.')
param apiMemoryMB int = 2048

@minValue(1)
@maxValue(1000)
@description('The most on-demand instances of each group of functions: HTTP is one group, each queue is one. Some regions do not take less than 40.')
param apiMaximumInstances int = 40

@minValue(0)
@maxValue(20)
@description('Instances that always wait for HTTP requests. 0 scales to zero; 1 takes the cold start away for about 10 USD a month and GB.')
param apiAlwaysReady int = 0

@minValue(1)
@maxValue(1000)
@description('HTTP requests that one instance takes at once before another is started.')
param apiConcurrency int = 32

@description('The origins whose pages may call the API from a browser, such as https://shop.example, separated by commas; empty for none.')
param allowedOrigins string = ''

@minLength(9)
@maxLength(100)
@description('When the timer looks whether a retrain is worth it: six NCRONTAB fields, UTC.')
param retrainSchedule string = '0 0 3 * * *'

@minValue(0)
@maxValue(1000000000)
@description('How many interactions must be new before the timer starts a training run.')
param retrainMinimumNewEvents int = 1000

@allowed(['cpu', 'cpu-e8', 'cpu-e16', 'cpu-e32', 'gpu-t4', 'gpu-a100'])
@description('What the trainer runs on. cpu: up to 4 cores and 8 GiB, billed by the second. cpu-e8, cpu-e16, cpu-e32: a dedicated node of 64, 128 or 256 GiB. gpu-t4, gpu-a100: quota and a region that has them.')
param trainerHardware string = 'cpu'

@allowed([1, 2, 4])
@description('Cores of the trainer with trainerHardware cpu; memory is twice as many GiB.')
param trainerCores int = 4

@minValue(10)
@maxValue(1440)
@description('After how many minutes a training run is ended.')
param trainerTimeoutMinutes int = 240

@description('Whether the trainer job exists already; azd finds out before it provisions. An existing job keeps its image.')
param trainerExists bool = false

@description('Options of the trainer command run for every run of the job, such as ["--width","128"]; trainer-job/README.md lists them.')
param trainerArguments array = []

@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS'])
@description('Copies of the data: in one building, in three of a region, or in two regions.')
param storageRedundancy string = 'Standard_LRS'

@minValue(1)
@maxValue(90)
@description('How many days deleted and overwritten blobs can be restored. At most three days later they are gone, and with them a deleted user.')
param restoreDays int = 14

@minValue(30)
@maxValue(730)
@description('How many days logs are kept. The first 31 are free.')
param logRetentionDays int = 30

@minValue(1)
@maxValue(1000)
@description('Gigabytes of logs a day after which the workspace takes no more until the next day. Alerts that read logs are blind until then; an alert says so.')
param logDailyCapGB int = 2

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
@description('The budget of the resource group for a month, in the currency of the subscription. 0: no budget. Free, sponsored and many partner subscriptions refuse a budget, which fails the deployment.')
param monthlyBudget int = 0

@description('The first day of the first month of the budget. It cannot be changed later, so azd keeps what the first deployment took.')
param budgetStartDate string = ''

@description('Whether a weekly task of the registry deletes trainer images older than 30 days, all but the newest five. Subscriptions with free credit refuse such tasks.')
param purgeImages bool = false

@description('Whether a lock keeps the storage account, and with it the resource group, from being deleted. It has to be removed before azd down.')
param lockStorage bool = false

@description('Whether storage is reachable only through private endpoints, from the functions and the trainer.')
param privateNetwork bool = false

@description('The object id of a person or group who may run the trainer command line against this storage account. Empty: nobody.')
param operatorPrincipalId string = ''

@allowed(['User', 'Group'])
@description('What operatorPrincipalId is.')
param operatorPrincipalType string = 'User'

@description('The client id of an Entra ID application: operations then need a caller with its app role operate. Empty: function keys alone.')
param entraClientId string = ''

@maxLength(9)
@description('The spaces beside the default one, such as ["outdoor","kitchen"]: shops with storage, keys and models of their own (docs/spaces.md).')
param spaces string[] = []

@description('The present month; not for setting.')
param thisMonth string = utcNow('yyyy-MM-01')

var tags = { 'azd-env-name': environmentName, system: 'sasrec-serverless' }
// 13 characters, the same for the same subscription, environment and region: names stay within 24 (storage) and 32 (job).
var token = toLower(uniqueString(subscription().id, environmentName, location))
// Names are known here and not taken from the outputs of modules, so that a preview can look into every module.
var jobName = 'caj-train-${token}'
var storageName = 'st${token}'
var registryName = 'cr${token}'
var insightsName = 'appi-${token}'
var networkName = 'vnet-${token}'

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
    insightsName: insightsName
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyCapGB: logDailyCapGB
  }
}

module network 'network.bicep' = if (privateNetwork) {
  scope: group
  params: {
    name: networkName
    location: location
    tags: tags
  }
}

module storage 'storage.bicep' = {
  scope: group
  params: {
    name: storageName
    location: location
    tags: tags
    redundancy: storageRedundancy
    restoreDays: restoreDays
    privateOnly: privateNetwork
    spaces: spaces
    lock: lockStorage
    workspaceId: monitoring.outputs.workspaceId
  }
}

module endpoints 'endpoints.bicep' = if (privateNetwork) {
  scope: group
  dependsOn: [storage]
  params: {
    storageName: storageName
    networkName: networkName
    subnetId: network.?outputs.endpointsSubnetId ?? ''
    location: location
    tags: tags
  }
}

module registry 'registry.bicep' = {
  scope: group
  params: {
    name: registryName
    location: location
    tags: tags
    purge: purgeImages
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

module deployed 'image.bicep' = if (trainerExists) {
  scope: group
  params: { jobName: jobName }
}

module trainer 'trainer.bicep' = {
  scope: group
  dependsOn: [storage]
  params: {
    name: jobName
    location: location
    tags: tags
    environmentId: containerApps.outputs.id
    hardware: trainerHardware
    cores: trainerCores
    timeoutMinutes: trainerTimeoutMinutes
    image: deployed.?outputs.image ?? ''
    arguments: trainerArguments
    registryServer: registry.outputs.server
    identityId: identities.outputs.trainerId
    identityClientId: identities.outputs.trainerClientId
    storageName: storageName
    insightsName: insightsName
  }
}

// Azure takes minutes until a new right works. Those on storage, the registry and monitoring do not wait for Container Apps, so that they
// have had these minutes when the functions app is deployed.
module roles 'roles.bicep' = {
  scope: group
  dependsOn: [storage, monitoring, registry]
  params: {
    // Azure makes up the ids of new identities, so a preview cannot know the names of these assignments.
    #disable-next-line what-if-short-circuiting
    apiPrincipalId: identities.outputs.apiPrincipalId
    #disable-next-line what-if-short-circuiting
    trainerPrincipalId: identities.outputs.trainerPrincipalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
    storageName: storageName
    registryName: registryName
    insightsName: insightsName
  }
}

// The trainer's rights on what each space has of its own.
module spaceRoles 'spaceroles.bicep' = [for space in concat([''], spaces): {
  scope: group
  dependsOn: [storage]
  params: {
    space: space
    #disable-next-line what-if-short-circuiting
    trainerPrincipalId: identities.outputs.trainerPrincipalId
    storageName: storageName
  }
}]

module jobRole 'jobrole.bicep' = {
  scope: group
  dependsOn: [trainer]
  params: {
    #disable-next-line what-if-short-circuiting
    apiPrincipalId: identities.outputs.apiPrincipalId
    jobName: jobName
  }
}

module api 'functions.bicep' = {
  scope: group
  // The host reads storage when it starts, so the rights and the ways to it come first.
  dependsOn: [roles, spaceRoles, jobRole, endpoints]
  params: {
    name: 'func-${token}'
    planName: 'plan-${token}'
    location: location
    tags: tags
    memoryMB: apiMemoryMB
    maximumInstances: apiMaximumInstances
    alwaysReady: apiAlwaysReady
    concurrency: apiConcurrency
    allowedOrigins: allowedOrigins
    retrainSchedule: retrainSchedule
    retrainMinimumNewEvents: retrainMinimumNewEvents
    restoreDays: restoreDays
    traceShare: traceShare
    spaces: spaces
    entraClientId: entraClientId
    identityId: identities.outputs.apiId
    identityClientId: identities.outputs.apiClientId
    storageName: storageName
    deploymentsContainer: storage.outputs.deploymentsContainer
    jobId: trainer.outputs.id
    insightsName: insightsName
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
    amount: max(monthlyBudget, 1)
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
