// Everything that is kept: the log (tables), what is on its way to it (queues), models and training data (blobs).
// The names are those of storage/Names.cs; a test holds the two together.
@minLength(3)
@maxLength(24)
param name string
param location string
param tags object
param redundancy string
param restoreDays int
@description('Whether only private endpoints lead here.')
param privateOnly bool
@description('The spaces beside the default one: each has every table, queue and container once more, behind its name.')
param spaces string[]
@description('Whether a lock keeps the account from being deleted.')
param lock bool
@description('The workspace that hears of deletions in tables.')
param workspaceId string

var tableNames = ['Interactions', 'InteractionFeed', 'Impressions', 'UserImpressions', 'Deletions', 'Items', 'ItemChanges']
var queueNames = ['interactions', 'interactions-poison', 'impressions', 'impressions-poison']
var containerNames = ['models', 'training']
var prefixes = concat([''], spaces)
// Only the platform writes here: the package that the functions app starts from.
var packagesContainer = 'deployments'

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: redundancy }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateOnly ? 'Disabled' : 'Enabled'
    networkAcls: {
      bypass: 'None'
      defaultAction: privateOnly ? 'Deny' : 'Allow'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-01-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: { enabled: true, days: restoreDays }
    containerDeleteRetentionPolicy: { enabled: true, days: restoreDays }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-01-01' = [for containerName in concat(flatten(map(prefixes, prefix => map(containerNames, known => '${prefix}${known}'))), [packagesContainer]): {
  parent: blobs
  name: containerName
  properties: { publicAccess: 'None' }
}]

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-01-01' = [for queueName in flatten(map(prefixes, prefix => map(queueNames, known => '${prefix}${known}'))): {
  parent: queues
  name: queueName
}]

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2025-01-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-01-01' = [for tableName in flatten(map(prefixes, prefix => map(tableNames, known => '${prefix}${known}'))): {
  parent: tables
  name: tableName
}]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-01-01' = {
  parent: account
  name: 'default'
  dependsOn: [blobs]
  properties: {
    policy: {
      rules: [
        {
          // Moved, never deleted: the model that serves may be an old one, and its age is all that a rule knows of it.
          // Versions begin with their year; the pointer current.json, which is read all the time, is none of them.
          name: 'old-models-get-cheaper'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: map(prefixes, prefix => '${prefix}models/2') }
            actions: { baseBlob: { tierToCool: { daysAfterModificationGreaterThan: 45 }, tierToCold: { daysAfterModificationGreaterThan: 180 } } }
          }
        }
        {
          name: 'run-records-end'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: map(prefixes, prefix => '${prefix}training/runs/') }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: 730 } } }
          }
        }
        {
          // Replaced snapshots, pointers and packages, and so also deleted users in old snapshots. A version that is deleted here can be
          // restored for restoreDays more, because blobs and versions are deleted softly.
          name: 'replaced-blobs-end'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'] }
            actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } } }
          }
        }
      ]
    }
  }
}

// Against `az group delete` and a slip in the portal. A lock does not stop whoever may delete in tables.
resource keep 'Microsoft.Authorization/locks@2020-05-01' = if (lock) {
  scope: account
  name: 'keep-data'
  properties: { level: 'CanNotDelete', notes: 'Holds the only copy of the tables.' }
}

// Azure restores no deleted table, so somebody has to hear of it at once (alerts.bicep).
#disable-next-line use-recent-api-versions // The only later version than 2016-09-01.
resource deletions 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'deletions-to-workspace'
  scope: tables
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
  }
}

output name string = account.name
output deploymentsContainer string = packagesContainer
