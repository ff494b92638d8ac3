// Every right but those of the trainer on storage (spaceroles.bicep) and the one on the trainer job (jobrole.bicep), each with the code that
// needs it. A test compares the two.
param apiPrincipalId string
param trainerPrincipalId string
@description('Who may run the trainer command line by hand; empty for nobody.')
param operatorPrincipalId string
@allowed(['User', 'Group'])
param operatorPrincipalType string
param storageName string
param registryName string
param insightsName string

var definitions = {
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  registryPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: registryName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

// The functions app. The host keeps its keys, locks and timers in containers of its own and takes its package from another, for which it
// is documented to want this role; StorageServices reads models, moves their pointer (ModelRegistry) and reads runs (RunLog).
resource apiBlobs 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, apiPrincipalId, definitions.blobDataOwner)
  scope: account
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.blobDataOwner)
  }
}

// Sends events and impressions (InteractionQueue, ImpressionQueue), takes them out again (queue triggers), keeps failed ones (host).
resource apiQueues 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, apiPrincipalId, definitions.queueDataContributor)
  scope: account
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.queueDataContributor)
  }
}

// Writes, reads and deletes in all tables (InteractionLog, ChangeFeed, ImpressionLog, ItemStore, ItemChanges).
resource apiTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, apiPrincipalId, definitions.tableDataContributor)
  scope: account
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.tableDataContributor)
  }
}

// Writes telemetry (the host, APPLICATIONINSIGHTS_AUTHENTICATION_STRING; the application, TelemetryExport).
resource apiTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, apiPrincipalId, definitions.metricsPublisher)
  scope: insights
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.metricsPublisher)
  }
}

// The trainer; its rights on storage are in spaceroles.bicep. Writes telemetry (TelemetryExport).
resource trainerTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, trainerPrincipalId, definitions.metricsPublisher)
  scope: insights
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.metricsPublisher)
  }
}

// Pulls its own image.
resource trainerImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, trainerPrincipalId, definitions.registryPull)
  scope: registry
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.registryPull)
  }
}

// A person with the trainer command line: models, publish, rollback, run, and replay of failed messages.
var operatorRoles = [definitions.blobDataContributor, definitions.queueDataContributor, definitions.tableDataContributor]
resource operatorRights 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in operatorRoles: if (!empty(operatorPrincipalId)) {
  name: guid(account.id, operatorPrincipalId, role)
  scope: account
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
  }
}]
