// The functions app on Flex Consumption: HTTP, queue triggers and the timer. HTTP functions share instances; each queue has its own.
@minLength(2)
@maxLength(60)
param name string
@minLength(1)
@maxLength(40)
param planName string
param location string
param tags object
param memoryMB int
param maximumInstances int
param alwaysReady int
param concurrency int
param retrainSchedule string
param retrainMinimumNewEvents int
param restoreDays int
param traceShare string
@description('The spaces beside the default one.')
param spaces string[]
param identityId string
param identityClientId string
param storageName string
param deploymentsContainer string
param insightsName string
@description('The client id of the Entra ID application that people and services sign in to; empty for function keys alone.')
param entraClientId string
@description('The origins whose pages may call the API from a browser, separated by commas; empty for none.')
param allowedOrigins string
@description('The resource id of the trainer job.')
param jobId string
@description('A subnet delegated to Microsoft.App/environments; empty for no network.')
param subnetId string

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: storageName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'api' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        instanceMemoryMB: memoryMB
        maximumInstanceCount: maximumInstances
        alwaysReady: alwaysReady > 0 ? [{ name: 'http', instanceCount: alwaysReady }] : []
        triggers: { http: { perInstanceConcurrency: concurrency } }
      }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${account.properties.primaryEndpoints.blob}${deploymentsContainer}'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      cors: empty(allowedOrigins) ? null : { allowedOrigins: map(split(allowedOrigins, ','), origin => trim(origin)) }
      appSettings: [
        // What the host and StorageOptions.Read open the account with: an identity and no key.
        { name: 'AzureWebJobsStorage__credential', value: 'managedidentity' }
        { name: 'AzureWebJobsStorage__clientId', value: identityClientId }
        { name: 'AzureWebJobsStorage__blobServiceUri', value: account.properties.primaryEndpoints.blob }
        { name: 'AzureWebJobsStorage__queueServiceUri', value: account.properties.primaryEndpoints.queue }
        { name: 'AzureWebJobsStorage__tableServiceUri', value: account.properties.primaryEndpoints.table }
        { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', value: insights.properties.ConnectionString }
        { name: 'APPLICATIONINSIGHTS_AUTHENTICATION_STRING', value: 'ClientId=${identityClientId};Authorization=AAD' }
        { name: 'Telemetry__SampledShare', value: traceShare }
        { name: 'RetrainSchedule', value: retrainSchedule }
        { name: 'Trainer__Job', value: jobId }
        { name: 'Trainer__Management', value: environment().resourceManager }
        { name: 'Retrain__MinimumNewEvents', value: string(retrainMinimumNewEvents) }
        // The disk of an instance: a process that starts again there needs no storage to serve.
        { name: 'Serve__ModelCache', value: '/tmp/sasrec-models' }
        // A replaced blob becomes a version, is softly deleted within three days, and restorable until then (storage.bicep).
        { name: 'Deletions__Backups', value: '${restoreDays + 3}.00:00:00' }
        { name: 'Spaces__Names', value: join(spaces, ',') }
        // Operations need the app role 'operate' where Entra ID stands before the app; see authentication below.
        { name: 'Access__EntraRoles', value: string(!empty(entraClientId)) }
        // .NET 10 on Flex Consumption can end with a segmentation fault when it starts from a placeholder (functions-dotnet-worker#3335).
        { name: 'WEBSITE_USE_PLACEHOLDER_DOTNETISOLATED', value: '0' }
        // The platform's own welcome page would stand before the function that leads from / to the page.
        { name: 'AzureWebJobsDisableHomepage', value: 'true' }
      ]
    }
  }
}

// Whoever signs in is named to the app; requests without a sign-in go on to the function keys. The app itself asks for the role.
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = if (!empty(entraClientId)) {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: { enabled: true }
    globalValidation: { requireAuthentication: false, unauthenticatedClientAction: 'AllowAnonymous' }
    httpSettings: { requireHttps: true }
    identityProviders: {
      azureActiveDirectory: {
        enabled: true
        registration: {
          clientId: entraClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: { allowedAudiences: [entraClientId, 'api://${entraClientId}'] }
      }
    }
    login: { tokenStore: { enabled: false } }
  }
}

// Deployments come with a token of Entra ID; user names and passwords are off.
resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: { allow: false }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: { allow: false }
}

output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
