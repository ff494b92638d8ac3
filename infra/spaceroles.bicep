// What the trainer may do with the storage of one space, each right with the code that needs it. A test compares the two.
@description('The name of the space; empty for the default one.')
param space string
param trainerPrincipalId string
param storageName string

var definitions = {
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  tableDataReader: '76199698-9eea-4c19-bc75-cec21354c6b6'
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource models 'containers' existing = {
      name: '${space}models'
    }

    resource training 'containers' existing = {
      name: '${space}training'
    }
  }

  resource tables 'tableServices' existing = {
    name: 'default'

    resource feed 'tables' existing = {
      name: '${space}InteractionFeed'
    }

    resource impressions 'tables' existing = {
      name: '${space}Impressions'
    }

    resource deletions 'tables' existing = {
      name: '${space}Deletions'
    }
  }
}

// Publishes models and moves their pointer (ModelRegistry).
resource trainerModels 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::models.id, trainerPrincipalId, definitions.blobDataContributor)
  scope: account::blobs::models
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.blobDataContributor)
  }
}

// Keeps its snapshot, its run records and its lease (SnapshotStore, RunLog, SingleFlight).
resource trainerTraining 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::training.id, trainerPrincipalId, definitions.blobDataContributor)
  scope: account::blobs::training
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.blobDataContributor)
  }
}

// Reads what is new and removes what the snapshot has taken in (ChangeFeed); it sees no queue.
resource trainerFeed 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::tables::feed.id, trainerPrincipalId, definitions.tableDataContributor)
  scope: account::tables::feed
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.tableDataContributor)
  }
}

// Reads what was shown, which the gate weighs (ImpressionLog).
resource trainerImpressions 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::tables::impressions.id, trainerPrincipalId, definitions.tableDataReader)
  scope: account::tables::impressions
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.tableDataReader)
  }
}

// Reads who was deleted (Tombstones).
resource trainerDeletions 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::tables::deletions.id, trainerPrincipalId, definitions.tableDataReader)
  scope: account::tables::deletions
  properties: {
    principalId: trainerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.tableDataReader)
  }
}
